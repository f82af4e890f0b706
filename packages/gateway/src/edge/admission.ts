import type { TLSSocket } from 'node:tls'
import type { Status } from '../codes.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { refuseLink } from '../transport/refuse-link.ts'
import { statusOf } from '../wire/status.ts'
import { ADMISSION_MS, MAX_ADMISSIONS } from './bounds.ts'
import type { Members } from './members.ts'

/** A member that has come, with a certificate of the authority. */
interface Comer {
  readonly socket: TLSSocket
  readonly peer: MemberIdentity
  readonly from: string
}

/** Lets members in whom the controller lists. */
export interface Admission extends Disposable {
  readonly waiting: number
  come(comer: Comer): void
  /** The controller has listed others. */
  check(): void
}

export interface AdmissionOptions {
  readonly members: Members
  onAdmitted(comer: Comer): void
  onRefused(from: string, status: Status): void
  /** Milliseconds. Default 3,000. */
  readonly waitMs?: number
}

/**
 * Whoever is not listed waits a little: the certificate may be so new that the word of it is still on its way from another controller.
 */
export function createAdmission(options: AdmissionOptions): Admission {
  const { members, onAdmitted, onRefused, waitMs = ADMISSION_MS } = options
  const waiting = new Map<Comer, NodeJS.Timeout>()

  const leave = (comer: Comer) => {
    clearTimeout(waiting.get(comer))
    return waiting.delete(comer)
  }
  const refuse = (comer: Comer, status: Status) => {
    leave(comer)
    const { socket, peer, from } = comer
    refuseLink(socket, status)
    onRefused(from, {
      ...status,
      text: `${status.text} (${peer.kind} ${peer.id}, certificate ${peer.serial})`,
    })
  }
  return {
    get waiting() {
      return waiting.size
    },
    come(comer) {
      if (!members.refuses(comer.peer)) return onAdmitted(comer)
      if (waiting.size >= MAX_ADMISSIONS) return refuse(comer, statusOf('EDG_BUSY'))
      const over = () => refuse(comer, members.refuses(comer.peer) ?? statusOf('POL_REVOKED'))
      waiting.set(comer, setTimeout(over, waitMs))
      comer.socket.on('error', () => {}).once('close', () => leave(comer))
    },
    check() {
      for (const comer of waiting.keys()) if (!members.refuses(comer.peer) && leave(comer)) onAdmitted(comer)
    },
    [Symbol.dispose]() {
      for (const comer of waiting.keys()) refuse(comer, statusOf('EDG_DRAINING'))
    },
  }
}
