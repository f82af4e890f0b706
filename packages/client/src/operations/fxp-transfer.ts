import type { Reply } from '@portolan/protocol'
import type { Exchange } from '../control/exchange.ts'
import { aborted, FtpError, replyError } from '../errors.ts'
import type { Session } from '../session/session.ts'
import type { FxpTry } from './fxp.ts'
import { FxpRefusal, saidBy } from './fxp-refusal.ts'

/** How long a source of unknown file is given to refuse it, before the target is told to store. In milliseconds. */
const REFUSAL_MS = 1_000

interface FxpRun extends FxpTry {
  /** The source has told the file's size, so that there is one. */
  readonly known: boolean
  readonly limitMs: number
}

/** One of both transfers: where it runs, and how it ends. */
interface Half {
  readonly session: Session
  readonly exchange: Exchange
}

/**
 * RETR at one server, STOR at the other, and both final replies. When one fails the other is given a short time to say so
 * as well, and is ended when it does not: nobody could tell then what its next reply belongs to.
 *
 * @throws {FxpRefusal} when the servers did not reach one another; {@link FtpError} for anything else
 */
export async function runFxp(run: FxpRun): Promise<void> {
  const { source, from, signal } = run
  const retrieving: Half = { session: source, exchange: source.control.send('RETR', from) }
  if (!run.known) await refusedSoon(retrieving)
  const halves = isOver(retrieving) ? [retrieving] : [retrieving, startStoring(run)]
  // Both wait for bytes that nobody sees here.
  for (const { exchange } of halves) exchange.bound = undefined
  const ends = halves.map(settled)
  using bound = new Bound(signal, run.limitMs)
  const first = await Promise.race([...ends, bound.over])
  if (first === 'over') throw giveUp(halves, run)
  const failed = 'error' in first || first.reply.code >= 400
  const all = await Promise.all(
    halves.map(async (half, index) => {
      const { completion, explanation } = half.session.options.timeouts
      if (failed) callOff(half, explanation)
      return withinBound(half, ends[index] ?? settled(half), failed ? explanation : completion)
    }),
  )
  if (halves.length === 2 && all.every(outcome => 'reply' in outcome && outcome.reply.code < 400)) return
  // The first to fail is the reason, and what the other says then its consequence.
  throw whatFailed(run, [first, ...all.filter(({ half }) => half !== first.half)])
}

function startStoring({ source, target, to }: FxpRun): Half {
  try {
    return { session: target, exchange: target.control.send('STOR', to) }
  } catch (error) {
    // The source would wait for a connection that nobody makes.
    if (error instanceof FtpError) source.destroy(error)
    throw error
  }
}

/** The other one has failed: this one would wait for it, on some servers for minutes. */
function callOff({ session, exchange }: Half, replyMs: number): void {
  if (exchange.reply || !session.usable) return
  session.control.send('ABOR', undefined, { replyMs })
}

type Outcome =
  | { readonly half: Half; readonly reply: Reply }
  | { readonly half: Half; readonly error: unknown }

async function settled(half: Half): Promise<Outcome> {
  try {
    return { half, reply: await half.exchange.final }
  } catch (error) {
    return { half, error }
  }
}

/** Whether a half has been refused already. */
function isOver({ exchange, session }: Half): boolean {
  return !session.usable || (exchange.reply !== undefined && exchange.reply.code >= 400)
}

/** Some say 150 only once the other has dialled: waiting for it would be waiting for nothing. */
async function refusedSoon({ exchange }: Half): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, REFUSAL_MS)
  const said = () => resolve()
  exchange.begun.then(said, said)
  await promise
  clearTimeout(timer)
}

async function withinBound(half: Half, outcome: Promise<Outcome>, ms: number): Promise<Outcome> {
  const timer = setTimeout(() => {
    const { command } = half.exchange
    const text = `The server at ${half.session.options.host} did not say within ${ms / 1000} seconds how ${command} ended.`
    half.session.destroy(new FtpError('FTP_TIMEOUT', text, { phase: 'completion', command, retryable: true }))
  }, ms)
  try {
    return await outcome
  } finally {
    clearTimeout(timer)
  }
}

/** Resolves when the caller has enough, or the time is over. */
class Bound implements Disposable {
  readonly over: Promise<'over'>
  readonly #signal: AbortSignal
  readonly #timer: NodeJS.Timeout
  readonly #stop: () => void

  constructor(signal: AbortSignal, limitMs: number) {
    const { promise, resolve } = Promise.withResolvers<'over'>()
    this.over = promise
    this.#signal = signal
    this.#stop = () => resolve('over')
    // Node takes a longer time for the shortest.
    this.#timer = setTimeout(this.#stop, Math.min(limitMs, 0x7fff_ffff))
    signal.addEventListener('abort', this.#stop, { once: true })
    if (signal.aborted) this.#stop()
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#stop)
  }
}

function giveUp(halves: readonly Half[], { signal, limitMs }: FxpRun): FtpError {
  const error = signal.aborted
    ? aborted('transfer', signal)
    : new FtpError('FTP_TIMEOUT', `The servers did not finish within ${limitMs / 1000} seconds.`, {
        phase: 'transfer',
        retryable: true,
      })
  for (const { session } of halves) session.destroy(error)
  return error
}

/** What to tell: a refusal of the file before a connection that did not come. */
function whatFailed({ passive }: FxpTry, outcomes: readonly Outcome[]): unknown {
  const refusals = outcomes.flatMap(outcome =>
    'reply' in outcome && outcome.reply.code >= 400 ? [{ ...outcome }] : [],
  )
  const ofFile = refusals.find(({ reply }) => reply.code >= 450)
  if (ofFile) return replyError(ofFile.half.exchange.command, ofFile.reply)
  // 425: one could not reach the other. With 426 bytes may have moved.
  const unreached = refusals.find(({ reply }) => reply.code === 425)
  if (unreached) return new FxpRefusal('fxp-connect', saidBy(unreached.half.session, unreached.reply))
  const [refusal] = refusals
  if (refusal)
    return new FtpError(
      'FTP_TRANSFER',
      `The transfer broke, with the ${passive} listening: ${saidBy(refusal.half.session, refusal.reply)}.`,
      {
        phase: 'transfer',
        command: refusal.half.exchange.command,
        reply: refusal.reply,
        retryable: true,
      },
    )
  const failed = outcomes.find(outcome => 'error' in outcome)
  return failed && 'error' in failed ? failed.error : new Error('a transfer without an end')
}
