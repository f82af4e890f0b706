import type { Socket } from 'node:net'
import { ClientTls } from '@portolan/channels'
import { type ControlConnection, clientTlsOptions } from '@portolan/client'
import type { GreetingEvidence, GreetingKind } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'
import { dial } from './names.ts'

const MOST_TEXT = 300

/** What answers on a port, by its first bytes. */
const KINDS: readonly (readonly [RegExp, GreetingKind])[] = [
  [/^SSH-/, 'ssh'],
  [/^[\x15\x16]\x03/, 'tls'],
  [/^HTTP\/|^\s*<(?:!doctype|html)/i, 'http'],
  [/^(?:\* OK|\+OK)/, 'mail'],
  [/^220[ -].*\b(?:ESMTP|SMTP)\b/i, 'mail'],
  [/^[12]\d\d(?:[ -]|\r?\n|$)/, 'ftp'],
  [/^[45]\d\d(?:[ -]|\r?\n|$)/, 'refused'],
]

/** What the first bytes of a server are. */
export function greetingKind(text: string): GreetingKind {
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other'
}

/** A greeting that was read, and the connection to go on with when it was one of FTP. */
export interface Greeted {
  readonly finding: Finding<GreetingEvidence>
  readonly control?: ControlConnection
}

/**
 * Connects and waits for the first bytes in the clear.
 *
 * @param make - makes the control connection of a socket that speaks FTP
 */
export async function greetInClear(
  context: Context,
  make: (socket: Socket) => ControlConnection,
): Promise<Greeted> {
  const { options, stepMs } = context
  const { tls: asked, host, port } = options
  const dialled = await dial(context, { host, port }, { ms: stepMs })
  const begun = performance.now()
  const first =
    'socket' in dialled ? await firstBytes(context, dialled.socket) : ({ kind: 'closed' } as const)
  const ms = Math.round(performance.now() - begun)
  const text = 'text' in first ? firstLine(first.text) : undefined
  const kind = 'text' in first ? greetingKind(first.text) : first.kind
  const code = text === undefined ? undefined : codeOf(text, kind)
  const evidence: GreetingEvidence = {
    kind,
    asked,
    ms,
    ...(text !== undefined && { text }),
    ...(code !== undefined && { code }),
  }
  if (!('socket' in dialled) || (kind !== 'ftp' && kind !== 'refused')) {
    if ('socket' in dialled) dialled.socket.destroy()
    const tryTls = kind === 'silence' || kind === 'closed' || kind === 'tls' || kind === 'reset'
    const otherStart = tryTls && (await speaksTls(context))
    return { finding: { status: 'fail', evidence: { ...evidence, ...(tryTls && { otherStart }) } } }
  }
  return readGreeting(context, make(dialled.socket), evidence)
}

/** The greeting of a connection that is under TLS from the first byte. */
export async function greetUnderTls(context: Context, control: ControlConnection): Promise<Greeted> {
  return readGreeting(context, control, { kind: 'ftp', asked: context.options.tls, ms: 0 })
}

/** The whole greeting, which may have many lines. */
async function readGreeting(
  { signal }: Context,
  control: ControlConnection,
  evidence: GreetingEvidence,
): Promise<Greeted> {
  const begun = performance.now()
  try {
    const reply = await control.settled(control.expectGreeting(), signal)
    const text = `${reply.code} ${reply.lines.map(line => line.trim()).join(' ')}`.slice(0, MOST_TEXT)
    const ms = evidence.ms + Math.round(performance.now() - begun)
    const good = reply.code >= 200 && reply.code < 300
    const kind = good ? 'ftp' : 'refused'
    const found = { ...evidence, kind, text, code: reply.code, ms } as const
    return good
      ? { finding: { status: 'pass', evidence: found }, control }
      : { finding: { status: 'fail', evidence: found } }
  } catch (error) {
    // A 421 ends the connection, and is in the evidence already.
    const silent = evidence.kind === 'ftp' && control.error?.code === 'FTP_TIMEOUT'
    const text = error instanceof Error ? error.message : String(error)
    const found = { ...evidence, ...(silent && { kind: 'silence' as const }), text: evidence.text ?? text }
    return { finding: { status: 'fail', evidence: found } }
  }
}

type First = { readonly text: string } | { readonly kind: 'silence' | 'closed' | 'reset' }

/** The first bytes, which stay to be read again. */
async function firstBytes({ stepMs, signal }: Context, socket: Socket): Promise<First> {
  const { promise, resolve } = Promise.withResolvers<First>()
  const onData = (chunk: Buffer) => {
    socket.pause()
    socket.unshift(chunk)
    resolve({ text: chunk.subarray(0, 4_096).toString('latin1') })
  }
  const onEnd = () => resolve({ kind: 'closed' })
  const onError = () => resolve({ kind: 'reset' })
  const bound = AbortSignal.any([signal, AbortSignal.timeout(stepMs)])
  const onAbort = () => resolve({ kind: 'silence' })
  bound.addEventListener('abort', onAbort, { once: true })
  socket.once('data', onData).once('end', onEnd).once('error', onError).once('close', onEnd)
  try {
    return await promise
  } finally {
    bound.removeEventListener('abort', onAbort)
    socket.off('data', onData).off('end', onEnd).off('error', onError).off('close', onEnd)
  }
}

/** Whether TLS from the first byte works. Nothing is sent inside, so nobody has to vouch for the certificate. */
async function speaksTls(context: Context): Promise<boolean> {
  const { options, stepMs, signal } = context
  const dialled = await dial(context, { host: options.host, port: options.port }, { ms: stepMs })
  if (!('socket' in dialled)) return false
  const { pins: _pins, ...rest } = clientTlsOptions(options)
  const tls = new ClientTls({ ...rest, verify: false })
  try {
    const bound = AbortSignal.any([signal, AbortSignal.timeout(stepMs)])
    const secured = await tls.wrapControl(dialled.socket, bound)
    secured.destroy()
    return true
  } catch {
    return false
  } finally {
    dialled.socket.destroy()
  }
}

/** Whether the server greets in the clear, where TLS from the first byte was asked for. */
export async function greetsInClear(context: Context): Promise<GreetingEvidence> {
  const { options, stepMs } = context
  const dialled = await dial(context, { host: options.host, port: options.port }, { ms: stepMs })
  const asked = options.tls
  if (!('socket' in dialled)) return { kind: 'closed', asked, ms: dialled.connect.ms }
  const begun = performance.now()
  const first = await firstBytes(context, dialled.socket)
  dialled.socket.destroy()
  const ms = Math.round(performance.now() - begun)
  if (!('text' in first)) return { kind: first.kind, asked, ms }
  const kind = greetingKind(first.text)
  const text = firstLine(first.text)
  return { kind, asked, ms, text, otherStart: kind === 'ftp' || kind === 'refused' }
}

function firstLine(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1)
  return line.slice(0, MOST_TEXT).replace(/[^\x20-\x7e\xa0-\xff]/g, '?')
}

function codeOf(text: string, kind: GreetingKind): number | undefined {
  return kind === 'ftp' || kind === 'refused' ? Number(text.slice(0, 3)) : undefined
}
