import { ChannelError, ClientTls, DialError, type Dialler } from '@portolan/channels'
import { isAddress, parseFeat } from '@portolan/protocol'
import { ControlConnection } from '../control/control-connection.ts'
import { aborted, FtpError, replyText } from '../errors.ts'
import type { HostFacts } from '../host-memory.ts'
import type { ResolvedOptions } from '../options.ts'
import { greet } from './greeting.ts'
import { logIn } from './login.ts'
import { Session } from './session.ts'

/** What a session needs of its client. */
export interface SessionPlan {
  readonly options: ResolvedOptions
  readonly dialler: Dialler
  readonly facts: HostFacts
  /** Counts sessions from 1. */
  readonly number: number
}

/**
 * Connects, greets, protects and logs in. Each step is bounded; what was begun is closed when one fails.
 *
 * @throws {FtpError} `FTP_CONNECT`, `FTP_GREETING`, `FTP_TLS`, `FTP_LOGIN`, `FTP_BUSY`, or what ended the connection
 */
export async function openSession(plan: SessionPlan, signal: AbortSignal): Promise<Session> {
  const { options, dialler, facts, number } = plan
  const tls = options.tls === 'off' ? undefined : createTls(options)
  const control = await connectControl(plan, signal)
  try {
    if (tls && options.tls === 'implicit') await control.startTls(tls, signal)
    facts.greeting = await greet(control, options, signal)
    if (tls && options.tls === 'explicit') await startExplicitTls(control, tls, signal)
    const session = new Session({ number, control, options, facts, dialler, tls })
    await logIn(session, signal)
    await agreeOnFeatures(session, signal)
    return session
  } catch (error) {
    const failed = duringLogin(error)
    control.destroy(
      failed instanceof FtpError
        ? failed
        : new FtpError('FTP_CLOSED', String(error), { phase: 'login', cause: error }),
    )
    throw failed
  }
}

function createTls(options: ResolvedOptions): ClientTls {
  try {
    return new ClientTls(clientTlsOptions(options))
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    throw new FtpError('FTP_SETTING', error.message, { phase: 'settings', cause: error })
  }
}

/** Until the login is done nothing was asked of the server: whatever is wanted may be tried again in a new session. */
function duringLogin(error: unknown): unknown {
  if (!(error instanceof FtpError) || error.phase !== 'command') return error
  const { code, message, command, reply, retryable, hint } = error
  return new FtpError(code, message, { phase: 'login', command, reply, retryable, hint, cause: error })
}

/** The control connection over TCP; nothing was read from it yet. */
async function connectControl(
  { options, dialler, number }: SessionPlan,
  signal: AbortSignal,
): Promise<ControlConnection> {
  const { host, port, timeouts, emit } = options
  if (signal.aborted) throw aborted('connect', signal)
  const begun = performance.now()
  try {
    const socket = await dialler.dial({ host, port }, { signal, timeoutMs: timeouts.connect })
    const control = new ControlConnection(socket, { session: number, timeouts, emit })
    emit({
      type: 'connected',
      session: number,
      local: control.local,
      remote: control.remote,
      ms: performance.now() - begun,
    })
    return control
  } catch (error) {
    if (signal.aborted) throw aborted('connect', signal)
    const message = error instanceof Error ? error.message : String(error)
    const outcome = error instanceof DialError ? error.outcome : 'other'
    throw new FtpError('FTP_CONNECT', `${host} port ${port} cannot be reached: ${message}.`, {
      phase: 'connect',
      retryable: outcome !== 'name' && outcome !== 'forbidden',
      cause: error,
    })
  }
}

/** The one identity of control and data connections: Node resumes no session under another. */
export function clientTlsOptions({
  host,
  tlsOptions,
}: ResolvedOptions): ConstructorParameters<typeof ClientTls>[0] {
  const { servername, closeNotify: _end, clearControl: _ccc, data: _data, ...rest } = tlsOptions
  const name = servername ?? (isAddress(host) ? undefined : host)
  return { ...rest, host, ...(name !== undefined && { servername: name }) }
}

/** AUTH TLS. RFC 4217 section 4. */
async function startExplicitTls(
  control: ControlConnection,
  tls: ClientTls,
  signal: AbortSignal,
): Promise<void> {
  const reply = await control.ask('AUTH', 'TLS', signal)
  if (reply.code !== 234 && reply.code !== 334) {
    throw new FtpError('FTP_TLS', `The server does not start TLS: ${replyText(reply)}`, {
      phase: 'tls',
      command: 'AUTH TLS',
      reply,
      retryable: reply.code < 500,
      hint: 'Implicit TLS on port 990 may work; without TLS the password goes over the network in the clear.',
    })
  }
  await control.startTls(tls, signal)
}

/** What the server can do, and what has to be said once: PROT, UTF8, CCC. */
async function agreeOnFeatures(session: Session, signal: AbortSignal): Promise<void> {
  const { options, facts } = session
  if (session.tls) await protectData(session, signal)
  if (!facts.features) {
    const reply = await session.ask('FEAT', undefined, signal)
    facts.features = reply.code === 211 ? parseFeat(reply) : new Map()
  }
  if (options.utf8 && session.has('UTF8')) await agreeOnUtf8(session, signal)
  if (session.tls && options.tlsOptions.clearControl) await clearControl(session, signal)
}

/** PBSZ and PROT: RFC 4217 sections 8 and 9. */
async function protectData(session: Session, signal: AbortSignal): Promise<void> {
  await session.ask('PBSZ', '0', signal)
  const level = session.options.tlsOptions.data === 'clear' ? 'C' : 'P'
  const reply = await session.ask('PROT', level, signal)
  if (reply.code < 300) {
    session.protection = level === 'P' ? 'private' : 'clear'
    return
  }
  throw new FtpError('FTP_TLS', `The server does not protect data connections: ${replyText(reply)}`, {
    phase: 'tls',
    command: `PROT ${level}`,
    reply,
    hint:
      level === 'P'
        ? 'With tlsOptions.data: clear only the control connection is encrypted.'
        : 'The server wants data connections encrypted: leave tlsOptions.data at private.',
  })
}

/** Servers of RFC 2640 use UTF-8 anyway; older ones want to be asked, and some of those to be told a name first. */
async function agreeOnUtf8(session: Session, signal: AbortSignal): Promise<void> {
  const reply = await session.ask('OPTS', 'UTF8 ON', signal)
  if (reply.code < 300 || !session.has('CLNT')) return
  await session.ask('CLNT', 'Portolan', signal)
  await session.ask('OPTS', 'UTF8 ON', signal)
}

/** CCC: NAT helpers can read PASV and PORT again. RFC 4217 section 12.3. */
async function clearControl(session: Session, signal: AbortSignal): Promise<void> {
  const reply = await session.ask('CCC', undefined, signal)
  if (reply.code >= 300) {
    session.warn('ccc-refused', `The server keeps the control connection under TLS: ${replyText(reply)}`)
    return
  }
  await session.control.endTls()
}
