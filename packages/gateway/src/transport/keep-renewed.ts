import { X509Certificate } from 'node:crypto'
import type { EnrolReply } from '../control/messages.ts'
import { GatewayError } from '../errors.ts'
import { SKEW_MS } from '../pki/authority.ts'
import { fingerprintOf } from '../pki/fingerprint.ts'
import { writeIdentity } from '../pki/identity-file.ts'
import { type KeyAndCsr, newKeyAndCsr } from '../pki/key.ts'
import type { Identity } from '../pki/types.ts'
import { checkIdentity } from './enrol.ts'

/** How long an answer may take, in milliseconds. */
const ANSWER_MS = 60_000
/** Waits between attempts, in milliseconds: the first, doubled up to the last. */
const RETRY_MS = 10_000
const RETRY_CEILING_MS = 3_600_000
/** What a timer of Node can wait at the most. */
const LONGEST_TIMER_MS = 2_147_483_647

export interface KeepRenewedOptions {
  readonly folder: string
  readonly identity: Identity
  /** Sends the message `renew` over a link that stands; false when there is none now. */
  send(csr: string): boolean
  /** Links made from now on are to show it. Those that stand need not be made anew. */
  onRenewed(identity: Identity): void
  /** A renewal failed; it is tried again, unless `final`: this identity was renewed elsewhere, or is refused. */
  onFailed(text: string, final: boolean): void
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
  /** From 0 to 1, for the spread of times. Default `Math.random`. */
  readonly random?: () => number
}

/** Renews a certificate at two thirds of its lifetime. */
export interface Renewals extends Disposable {
  /** The one that counts now. */
  readonly identity: Identity
  /** To be called with what the message `renewed` says. */
  answered(reply: EnrolReply): void
  /** Milliseconds since 1970 of the next attempt. */
  readonly dueAt: number
}

/**
 * Keeps an identity renewed: a new key and a certificate for it, asked for over the member's own link, at two thirds of the lifetime with a
 * spread of a twentieth, so that those who enrolled together do not come together.
 */
export function keepRenewed(options: KeepRenewedOptions): Renewals {
  const { now = Date.now, random = Math.random } = options
  let { identity } = options
  let timer: NodeJS.Timeout | undefined
  let dueAt = 0
  let retryMs = RETRY_MS
  let waiting: ((reply: EnrolReply | undefined) => void) | undefined
  let pending: KeyAndCsr | undefined
  let over = false

  const plan = (at: number) => {
    if (over) return
    dueAt = at
    clearTimeout(timer)
    timer = setTimeout(
      () => (now() >= at ? void attempt() : plan(at)),
      Math.min(Math.max(at - now(), 0), LONGEST_TIMER_MS),
    )
    timer.unref()
  }

  const attempt = async () => {
    try {
      // An answer that was lost is asked for again with the same key: it is the same certificate then, and no clone's.
      pending ??= await newKeyAndCsr()
      const { key, csr } = pending
      const reply = await answerTo(csr)
      if (over) return
      if (reply === undefined) return failed('no controller could be asked for it', false)
      if (reply.type === 'refused') return failed(reply.text, reply.code !== 'GATEWAY_UNREACHABLE')
      const { kind, authority, addresses } = identity
      const next = checkIdentity(reply, { key, pin: fingerprintOf(authority), kind, now: now(), addresses })
      if (next.id !== identity.id) return failed('the answer names another member', false)
      identity = next
      pending = undefined
      retryMs = RETRY_MS
      plan(dueTime(identity, random))
      options.onRenewed(identity)
      await writeIdentity(options.folder, identity).catch(unkept)
    } catch (error) {
      failed(error instanceof GatewayError ? error.message : String(error), false)
    }
  }

  const answerTo = (csr: string) =>
    new Promise<EnrolReply | undefined>(resolve => {
      if (over || !options.send(csr)) return resolve(undefined)
      const late = setTimeout(() => waiting?.(undefined), ANSWER_MS)
      late.unref()
      waiting = reply => {
        waiting = undefined
        clearTimeout(late)
        resolve(reply)
      }
    })

  const unkept = (error: unknown) => {
    const text = error instanceof Error ? error.message : String(error)
    options.onFailed(`The new certificate counts, but it is lost when this program ends: ${text}`, false)
  }

  const failed = (text: string, final: boolean) => {
    if (over) return
    if (!final) {
      plan(now() + retryMs * (0.5 + random() / 2))
      retryMs = Math.min(retryMs * 2, RETRY_CEILING_MS)
    }
    const end = new Date(identity.expiresAt).toISOString()
    options.onFailed(`The certificate was not renewed: ${text}. It counts until ${end}.`, final)
  }

  plan(dueTime(identity, random))
  return {
    get identity() {
      return identity
    },
    get dueAt() {
      return dueAt
    },
    answered: reply => waiting?.(reply),
    [Symbol.dispose]() {
      over = true
      clearTimeout(timer)
      waiting?.(undefined)
    },
  }
}

function dueTime({ certificate, expiresAt }: Identity, random: () => number): number {
  const from = new X509Certificate(certificate).validFromDate.getTime() + SKEW_MS
  return Math.round(from + (expiresAt - from) * (2 / 3 - random() / 20))
}
