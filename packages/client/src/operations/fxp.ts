import type { FtpClient } from '../client.ts'
import { FtpError } from '../errors.ts'
import { NEVER } from '../never.ts'
import type { Session } from '../session/session.ts'
import { sizeOf } from './facts.ts'
import { offerPassive, tellActive } from './fxp-address.ts'
import { type FxpProtection, protectFxp, roleOfTls } from './fxp-protection.ts'
import { FxpRefusal, unsupported } from './fxp-refusal.ts'
import { runFxp } from './fxp-transfer.ts'

/** How a transfer from server to server is done. */
export interface FxpOptions {
  readonly signal?: AbortSignal
  /** `ascii` lets both convert line ends. Default `binary`. */
  readonly type?: 'binary' | 'ascii'
  /**
   * `private` has both servers protect the data, `clear` neither. Default: `private` if one of the two clients protects its
   * data connections, so that nothing goes in the clear unasked.
   */
  readonly protection?: FxpProtection
  /** Which server listens, and the other dials it. Default: the source, then the target. */
  readonly passive?: 'source' | 'target'
  /** Go on behind the bytes that the target has. Default false. */
  readonly resume?: boolean
  /** Bound on the whole transfer, in milliseconds: nobody sees the bytes move. Default: an hour, and a second for each 64 KiB. */
  readonly limitMs?: number
}

/** What a transfer from server to server was. */
export interface FxpResult {
  /** Of the file, as far as the source tells. */
  readonly bytes: number | undefined
  readonly resumedAt: number
  /** Which server listened. */
  readonly passive: 'source' | 'target'
  readonly protection: FxpProtection
}

/** One try, with one of both listening. */
export interface FxpTry {
  readonly source: Session
  readonly target: Session
  readonly from: string
  readonly to: string
  readonly passive: 'source' | 'target'
  readonly protection: FxpProtection
  readonly type: 'A' | 'I'
  readonly resume: boolean
  readonly limitMs: number | undefined
  readonly signal: AbortSignal
}

const HOUR = 3_600_000
const SLOWEST_BYTES_PER_SECOND = 64 * 1024

/**
 * Lets one server send a file to another; no byte of it passes here. Each server has to allow addresses that are not its
 * client's (ProFTPD: AllowForeignAddress, pyftpdlib: permit_foreign_addresses): most do not, for RFC 2577 section 2.
 *
 * @throws {FtpError} `FTP_UNSUPPORTED` when neither server accepts the other, with what each said; `FTP_REPLY` when the
 *   file is refused
 */
export async function fxp(
  source: FtpClient,
  from: string,
  target: FtpClient,
  to: string,
  options: FxpOptions = {},
): Promise<FxpResult> {
  const { signal = NEVER, passive } = options
  // One session cannot be both ends.
  if (source.pool === target.pool) source.pool.widen(2, source.facts.sessions)
  if (source.pool === target.pool && source.pool.most < 2)
    throw unsupported('The server allows one session at a time: a transfer to itself needs two.')
  const protection = options.protection ?? (isPrivate(source) || isPrivate(target) ? 'private' : 'clear')
  const refused: string[] = []
  for (const listening of passive ? [passive] : (['source', 'target'] as const)) {
    try {
      return await borrowBoth(source, target, signal, (sourceSession, targetSession) =>
        tryFxp({
          source: sourceSession,
          target: targetSession,
          from,
          to,
          passive: listening,
          protection,
          type: options.type === 'ascii' ? 'A' : 'I',
          resume: (options.resume ?? false) && options.type !== 'ascii',
          limitMs: options.limitMs,
          signal,
        }),
      )
    } catch (error) {
      if (!(error instanceof FxpRefusal)) throw error
      refused.push(`with the ${listening} listening: ${error.because.text}`)
    }
  }
  const hint = 'Both servers have to allow foreign addresses for PORT and PASV; most refuse them (RFC 2577).'
  throw new FtpError('FTP_UNSUPPORTED', `The servers do not connect to one another: ${refused.join('; ')}.`, {
    phase: 'data-setup',
    hint,
  })
}

function isPrivate({ options }: FtpClient): boolean {
  return options.tls !== 'off' && options.tlsOptions.data !== 'clear'
}

/** Sessions are borrowed in one order by everybody, so that two transfers in opposite directions do not wait for one another. */
async function borrowBoth<T>(
  source: FtpClient,
  target: FtpClient,
  signal: AbortSignal,
  run: (source: Session, target: Session) => Promise<T>,
): Promise<T> {
  const [first, second] = orderOf(source) <= orderOf(target) ? [source, target] : [target, source]
  return first.use('the transfer from server to server', signal, 'unsent', one =>
    second.use('the transfer from server to server', signal, 'unsent', other =>
      first === source ? run(one, other) : run(other, one),
    ),
  )
}

const orders = new WeakMap<FtpClient, number>()
let nextOrder = 0

function orderOf(client: FtpClient): number {
  const known = orders.get(client)
  if (known !== undefined) return known
  orders.set(client, nextOrder)
  return nextOrder++
}

async function tryFxp(attempt: FxpTry): Promise<FxpResult> {
  const { source, target, from, to, passive, protection, signal, resume } = attempt
  for (const session of [source, target]) session.dropAhead()
  const role = roleOfTls(attempt)
  await using _restored = await protectFxp(attempt, role)
  for (const session of [source, target]) await session.setType(attempt.type, signal)
  const bytes = await sizeOf(source, from, signal)
  const there = resume ? ((await sizeOf(target, to, signal)) ?? 0) : 0
  const resumedAt = bytes !== undefined && there <= bytes ? there : 0
  const [listener, dialler] = passive === 'source' ? [source, target] : [target, source]
  const endpoint = await offerPassive(listener, role === 'cpsv', signal)
  await tellActive(dialler, endpoint, signal)
  if (resumedAt > 0)
    for (const session of [source, target]) await session.command('REST', String(resumedAt), signal)
  listener.decide('mode', {
    code: 'fxp',
    text: `The server at ${listener.options.host} listens, and that at ${dialler.options.host} dials it.`,
  })
  const left = (bytes ?? 0) - resumedAt
  const limitMs = attempt.limitMs ?? HOUR + (left / SLOWEST_BYTES_PER_SECOND) * 1000
  await runFxp({ ...attempt, known: bytes !== undefined, limitMs })
  const arrived = bytes === undefined || attempt.type === 'A' ? bytes : await sizeOf(target, to, signal)
  if (arrived !== undefined && arrived !== bytes)
    throw new FtpError('FTP_VERIFY', `The target has ${arrived} bytes of ${to} instead of ${bytes}.`, {
      phase: 'completion',
      retryable: true,
    })
  return { bytes, resumedAt, passive, protection }
}
