import type { Status } from '../codes.ts'
import type { ControllerSays } from '../control/messages.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { statusOf } from '../wire/status.ts'

type MembersMessage = Extract<ControllerSays, { type: 'members' }>
/** A member whose certificate counts, as the controller tells of it. */
export type ValidMember = MembersMessage['valid'][number]

/** Who takes part, as the controller said last, and how this edge is to behave. */
export interface Members {
  /** Whether the controller has said anything yet. */
  readonly known: boolean
  /** All edges, `HOST:PORT`. */
  readonly edges: readonly string[]
  /** This edge takes no new streams. */
  readonly draining: boolean
  readonly graceMs: number
  readonly idleMs: number
  said(message: MembersMessage): void
  get(id: string): ValidMember | undefined
  /** Why somebody who comes with that certificate is refused; undefined: come in. */
  refuses(identity: MemberIdentity): Status | undefined
}

/** Before a controller has said anything nobody is valid. */
export function createMembers(): Members {
  let last: Omit<MembersMessage, 'type' | 'valid'> | undefined
  let valid: ReadonlyMap<string, ValidMember> = new Map()
  return {
    get known() {
      return last !== undefined
    },
    get edges() {
      return last?.edges ?? []
    },
    get draining() {
      return last?.draining ?? false
    },
    get graceMs() {
      return last?.graceMs ?? 0
    },
    get idleMs() {
      return last?.idleMs ?? Number.POSITIVE_INFINITY
    },
    said(message) {
      last = message
      valid = new Map(message.valid.map(member => [member.id, member]))
    },
    get: id => valid.get(id),
    refuses(identity) {
      if (!last) return statusOf('EDG_CONTROLLER_LOST')
      const member = valid.get(identity.id)
      // An id is of one kind for ever; a certificate that says another one was not given by this authority's rules.
      if (member?.kind !== identity.kind) return statusOf('POL_REVOKED')
      if (member.serial !== identity.serial && member.previousSerial !== identity.serial) {
        return { code: 'POL_REVOKED', text: 'The certificate was replaced by a newer one.' }
      }
      return undefined
    },
  }
}
