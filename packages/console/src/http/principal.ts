import type { Role, Scope } from '../contract/index.ts'

/** Who calls. */
export interface Principal {
  readonly kind: 'administrator' | 'user' | 'token'
  readonly name: string
  readonly role?: Role
  readonly scopes: ReadonlySet<Scope>
  /** The signed-in browser; absent for tokens. */
  readonly webSession?: string
  /** For the audit log: `alice`, `token:ci`, `user:bob`. */
  readonly actor: string
}
