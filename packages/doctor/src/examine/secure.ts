import { CertificateError, ClientTls, type PeerCertificateFacts } from '@portolan/channels'
import { type ControlConnection, clientTlsOptions, FtpError, replyText } from '@portolan/client'
import type { CertificateEvidence, TlsEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'

/** Days before its end at which a certificate is worth a word. */
const SOON_DAYS = 14
const DAY_MS = 86_400_000

/** TLS on a control connection, or why there is none; the connection has ended then. */
export interface Secured {
  readonly finding: Finding<TlsEvidence>
  readonly tls?: ClientTls
}

/** What TLS on the way of the control connection told, from its events. */
export interface TlsFacts {
  readonly protocol: string
  readonly cipher: string
}

/**
 * AUTH TLS with `auth`, then the handshake.
 *
 * @param listed - whether FEAT named AUTH TLS; undefined when nobody could ask
 * @param facts - what the connection's `tls` event said, once it was sent
 */
export async function examineTls(
  context: Context,
  control: ControlConnection,
  start: 'auth' | 'implicit',
  { listed, facts }: { listed?: boolean | undefined; facts(): TlsFacts | undefined },
): Promise<Secured> {
  const common = { start, ...(listed !== undefined && { listed }) } as const
  let reply: string | undefined
  if (start === 'auth') {
    const asked = await askAuth(context, control)
    if ('failed' in asked) return { finding: { status: 'fail', evidence: { ...common, ...asked.failed } } }
    reply = asked.reply
  }
  const tls = new ClientTls(clientTlsOptions(context.options))
  try {
    await control.startTls(tls, context.signal)
  } catch (error) {
    const evidence = { ...common, ...(reply !== undefined && { reply }), ...handshakeFailure(error) }
    return { finding: { status: 'fail', evidence } }
  }
  const { certificate } = tls
  const problem = certificate?.problem
  return {
    tls,
    finding: {
      status: problem || (certificate && endsSoon(certificate)) ? 'warn' : 'pass',
      evidence: {
        ...common,
        outcome: 'ok',
        at: 'handshake',
        ...(reply !== undefined && { reply }),
        ...facts(),
        ...(certificate && { certificate: certificateEvidence(certificate) }),
        ...(problem && { problem: { code: problem.code, text: problem.text } }),
      },
    },
  }
}

type Failure = Pick<TlsEvidence, 'outcome' | 'at' | 'text' | 'reply' | 'certificate' | 'problem'>

async function askAuth(
  { signal }: Context,
  control: ControlConnection,
): Promise<{ failed: Failure } | { reply: string }> {
  try {
    const answer = await control.ask('AUTH', 'TLS', signal)
    const reply = replyText(answer)
    if (answer.code === 234 || answer.code === 334) return { reply }
    return { failed: { outcome: 'refused', at: 'auth', reply } }
  } catch (error) {
    const outcome = error instanceof FtpError && error.code === 'FTP_TIMEOUT' ? 'timeout' : 'reset'
    return { failed: { outcome, at: 'auth', text: textOf(error) } }
  }
}

function handshakeFailure(error: unknown): Failure {
  const cause = error instanceof FtpError ? error.cause : undefined
  const text = textOf(error)
  if (cause instanceof CertificateError) {
    const { certificate, problem } = cause
    return {
      outcome: 'certificate',
      at: 'handshake',
      text,
      problem: { code: problem, text: certificate?.problem?.text ?? cause.message },
      ...(certificate && { certificate: certificateEvidence(certificate) }),
    }
  }
  const outcome = /took too long/.test(text)
    ? 'timeout'
    : /closed the connection|reset/.test(text)
      ? 'reset'
      : 'handshake'
  return { outcome, at: 'handshake', text }
}

function certificateEvidence(facts: PeerCertificateFacts): CertificateEvidence {
  const { subject, issuer, names, validFrom, validTo, fingerprint256, selfSigned } = facts
  return {
    subject,
    issuer,
    names,
    validFrom: iso(validFrom),
    validTo: iso(validTo),
    fingerprint256,
    selfSigned,
  }
}

function endsSoon({ validTo }: PeerCertificateFacts): boolean {
  return validTo.getTime() - Date.now() < SOON_DAYS * DAY_MS
}

function iso(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString()
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
