import type { BreakCause, ByteSink, ByteSource, DataConnection, StreamEnd } from '@portolan/channels'
import { type Exchange, replyText, type Session } from '@portolan/client'
import type { Reply } from '@portolan/protocol'
import type { TransferEvidence } from '../evidence.ts'

/** How servers say that there is nothing to list. */
const EMPTY = /no files|no data ?sets|no members|(?:directory|folder) (?:is )?empty/i

/** A data connection that stands, with the transfer command on its way. */
export interface Running {
  readonly session: Session
  readonly connection: DataConnection
  readonly exchange: Exchange
  readonly verb: string
  readonly stepMs: number
  readonly signal: AbortSignal
  readonly throttle?: (bytes: number) => Promise<void> | undefined
}

/** Where bytes go, or where they come from. */
export type Bytes = { readonly sink: ByteSink } | { readonly source: ByteSource | AsyncIterable<Uint8Array> }

/**
 * Moves the bytes of one transfer and tells how it went: a failure is evidence here, not an error. The session is in step
 * afterwards, or ended.
 */
export async function move(running: Running, bytes: Bytes): Promise<TransferEvidence> {
  const { session, connection, exchange, verb, stepMs } = running
  const begun = performance.now()
  const done = (found: Omit<TransferEvidence, 'verb' | 'ms'>): TransferEvidence => ({
    verb,
    ms: Math.round(performance.now() - begun),
    ...found,
  })
  const stop = new AbortController()
  const refused = (cause: BreakCause) => stop.abort(cause)
  exchange.bound = undefined
  exchange.final.then(
    reply => reply.code >= 400 && refused({ code: 'aborted', text: replyText(reply) }),
    error => refused({ code: 'aborted', text: textOf(error) }),
  )
  try {
    const handshake = await secure(running, 'sink' in bytes, stop.signal)
    if (handshake !== undefined) {
      const lost = session.control.error
      if (lost) return done({ outcome: 'control-lost', bytes: 0, text: lost.message })
      const reply = await explanation(running)
      return done({ outcome: 'tls-failed', bytes: 0, text: handshake, ...said(reply) })
    }
    const { tls } = connection
    const shared = tls && { tls: { protocol: tls.protocol, reused: tls.reused } }
    const options = {
      signal: AbortSignal.any([running.signal, stop.signal]),
      stallMs: stepMs,
      ...(running.throttle && { throttle: running.throttle }),
    }
    const end =
      'sink' in bytes
        ? await connection.receive(bytes.sink, options)
        : await connection.send(bytes.source, options)
    const ended = performance.now()
    const reply = await completion(running, end)
    const completionMs = Math.round(performance.now() - ended)
    const isBegun = reply === undefined || (await exchange.begun).code < 200
    return done({
      ...judge(session, end, reply, isBegun),
      ...shared,
      ...(reply && { completionMs }),
      ...said(reply),
    })
  } finally {
    await connection[Symbol.asyncDispose]()
  }
}

/** @returns what went wrong in the TLS handshake, undefined when all is well */
async function secure(running: Running, receives: boolean, stop: AbortSignal): Promise<string | undefined> {
  const { session, connection, stepMs, signal } = running
  if (!session.tls || session.protection === 'clear') return undefined
  const bound = AbortSignal.any([signal, stop, AbortSignal.timeout(stepMs)])
  try {
    await connection.secure(session.tls.data, { signal: bound, watchEnd: receives })
    return undefined
  } catch (error) {
    return textOf(error)
  }
}

async function completion(running: Running, end: StreamEnd): Promise<Reply | undefined> {
  const { exchange, stepMs } = running
  if (end.kind === 'broken') return explanation(running)
  exchange.bound = { name: 'completion', ms: stepMs }
  return exchange.final.catch(() => undefined)
}

/** The reply that says what went wrong, within a short bound. Without it the session is out of step, and ends. */
async function explanation({ session, connection, exchange }: Running): Promise<Reply | undefined> {
  await connection[Symbol.asyncDispose]()
  exchange.bound = { name: 'reply', ms: session.options.timeouts.explanation }
  return exchange.final.catch(() => undefined)
}

function judge(
  session: Session,
  end: StreamEnd,
  reply: Reply | undefined,
  isBegun: boolean,
): Pick<TransferEvidence, 'outcome' | 'bytes' | 'end' | 'text'> {
  const { bytes } = end
  const cause = end.kind === 'broken' ? end.cause : undefined
  const found = { bytes, end: cause?.code ?? 'clean', ...(cause && { text: cause.text }) } as const
  if (reply && reply.code < 400 && (!cause || cause.code === 'truncated'))
    return { outcome: 'moved', ...found }
  if (reply && reply.code >= 400) {
    if (EMPTY.test(reply.lines.join(' '))) return { outcome: 'moved', bytes, end: 'clean' }
    // What we have sent before the refusal has come says nothing.
    return { outcome: bytes === 0 || !isBegun ? 'refused' : 'broken', ...found }
  }
  if (cause) return { outcome: cause.code === 'stalled' ? 'stalled' : 'broken', ...found }
  return { outcome: 'control-lost', bytes, end: 'clean', text: session.control.error?.message ?? 'no reply' }
}

function said(reply: Reply | undefined): { reply?: string; code?: number } {
  return reply ? { reply: replyText(reply), code: reply.code } : {}
}

/** A sink that keeps the beginning and counts the rest. */
export class Beginning implements ByteSink {
  readonly #most: number
  readonly #chunks: Buffer[] = []
  #kept = 0

  constructor(most = 1024 * 1024) {
    this.#most = most
  }

  async write(chunk: Buffer): Promise<void> {
    const part = chunk.subarray(0, this.#most - this.#kept)
    if (part.length === 0) return
    this.#kept += part.length
    this.#chunks.push(Buffer.from(part))
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
