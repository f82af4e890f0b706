import { type Authority, createAuthority } from '../pki/authority.ts'
import { newKeyAndCsr } from '../pki/key.ts'
import type { Identity, MemberIdentity } from '../pki/types.ts'

const HOUR_MS = 3_600_000

/** Who an identity of a test is for, and when it counts. */
interface TestIdentityAsk {
  readonly kind: MemberIdentity['kind']
  readonly id?: string
  readonly lifetimeMs?: number
  /** When it was issued, in milliseconds since 1970. */
  readonly at?: number
}

/** An authority for a test, and what it signs. */
export interface TestAuthority extends Authority {
  identity(ask: TestIdentityAsk): Promise<Identity>
}

export async function testAuthority(at = Date.now()): Promise<TestAuthority> {
  const authority = await createAuthority(at)
  return {
    ...authority,
    async identity({ kind, id = `the-${kind}`, lifetimeMs = HOUR_MS, at: now = Date.now() }) {
      const { key, csr } = await newKeyAndCsr()
      const { certificate, expiresAt } = await authority.issue({
        csr,
        identity: { kind, id },
        lifetimeMs,
        now,
      })
      return {
        id,
        // Controllers keep no identity; what tests need of one is its certificate.
        kind: kind === 'controller' ? 'edge' : kind,
        key,
        certificate,
        authority: authority.certificate,
        addresses: [],
        expiresAt,
      }
    },
  }
}
