import { createHmac } from 'node:crypto'
import type { JsonValue } from '@portolan/store'
import { RunError } from '../run/failure.ts'

/** What is posted, and where to. */
export interface WebhookCall {
  readonly url: string
  readonly body: JsonValue
  /** Of the signature; undefined: unsigned. */
  readonly key: string | undefined
  /** The same for the same message: a receiver tells by it what it has had already. */
  readonly id: string
  /** Milliseconds since 1970. */
  readonly now: number
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly timeoutMs: number
}

/** Replies that mean that the same may succeed later. */
const PASSING = new Set([408, 425, 429])

/**
 * Posts JSON, signed over time and body: `x-portolan-signature: t=SECONDS,v1=HEX` with HMAC-SHA256 of `SECONDS.BODY`.
 * @throws {RunError} `RUN_WEBHOOK` for anything but a 2xx
 */
export async function callWebhook(call: WebhookCall): Promise<void> {
  const body = JSON.stringify(call.body)
  const response = await post(call, body)
  await response.body?.cancel()
  if (response.ok) return
  const { status } = response
  throw new RunError('RUN_WEBHOOK', `The webhook ${originOf(call.url)} answered ${status} instead of 2xx.`, {
    transient: status >= 500 || PASSING.has(status),
  })
}

async function post(call: WebhookCall, body: string): Promise<Response> {
  const { url, key, id, now, signal, timeoutMs } = call
  try {
    return await fetch(url, {
      method: 'POST',
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Portolan',
        'x-portolan-id': id,
        ...(key !== undefined && { 'x-portolan-signature': signatureOf(body, key, now) }),
      },
    })
  } catch (error) {
    const { cause } = error instanceof Error ? error : { cause: undefined }
    const why =
      cause instanceof Error ? cause.message : error instanceof Error ? error.message : String(error)
    throw new RunError('RUN_WEBHOOK', `The webhook ${originOf(url)} cannot be called: ${why}.`, {
      transient: true,
      cause: error,
    })
  }
}

/** `t=1700000000,v1=5257a8...` */
export function signatureOf(body: string, key: string, now: number): string {
  const seconds = Math.floor(now / 1000)
  const hash = createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${hash}`
}

/** Paths of webhooks are often secrets. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? 'that was named'
}
