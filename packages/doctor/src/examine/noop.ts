import { setTimeout as sleep } from 'node:timers/promises'
import type { ByteSink } from '@portolan/channels'
import type { Exchange, Session } from '@portolan/client'
import type { RemoteEntry } from '@portolan/protocol'
import type { NoopEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Way } from '../ways.ts'
import type { Context } from './context.ts'
import { isSendable, joinPath } from './listing.ts'
import { transferBy } from './way.ts'

/** Smaller files fit into the buffers on the way, and the server is done before it can be asked. */
const LARGE = 8 * 1024 * 1024

/** Sends NOOP while a file is downloaded and not read, and sees when the reply comes. The rest of the file is not fetched. */
export async function examineNoop(
  context: Context,
  session: Session,
  way: Way,
  entries: readonly RemoteEntry[],
): Promise<Finding<NoopEvidence>> {
  const file = context.ask.file ?? largeFile(context, entries)
  if (file === undefined)
    return {
      status: 'skip',
      reason: 'It takes a file of 8 MiB or more, and the listing has none: name one with --file.',
    }
  await session.setType('I', context.signal)
  const trial = new Trial(context, session)
  const transfer = await transferBy(
    { ...context, signal: AbortSignal.any([context.signal, trial.stop.signal]) },
    session,
    way,
    { verb: 'RETR', argument: file, onBegun: exchange => trial.begun(exchange) },
    { sink: trial },
  )
  const { noop } = trial
  if (!noop || trial.isOver)
    return {
      status: 'skip',
      reason:
        transfer.outcome === 'moved'
          ? `${file} was sent before NOOP could be: name a larger file with --file.`
          : `${file} could not be downloaded: ${transfer.reply ?? transfer.text ?? transfer.outcome}`,
    }
  const reply = await trial.verdict(transfer.outcome)
  return {
    status: reply === 'during' || reply === 'after' ? 'pass' : 'warn',
    evidence: {
      file,
      reply,
      bytes: transfer.bytes,
      ms: trial.noopMs,
      ...(transfer.text !== undefined && { text: transfer.text }),
    },
  }
}

function largeFile({ folder }: Context, entries: readonly RemoteEntry[]): string | undefined {
  const large = entries
    .filter(({ kind, size = 0, name }) => kind === 'file' && size >= LARGE && isSendable(name))
    .toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))
  return large[0] && joinPath(folder, large[0].name)
}

/** Takes the first bytes and no more, so that the transfer still runs when NOOP is answered. */
class Trial implements ByteSink {
  readonly stop = new AbortController()
  readonly #context: Context
  readonly #session: Session
  #transfer: Exchange | undefined
  #noop: Exchange | undefined
  #sentAt = 0
  #answeredAt: number | undefined
  #answered: 'during' | 'late' | undefined
  #over = false

  constructor(context: Context, session: Session) {
    this.#context = context
    this.#session = session
  }

  get noop(): Exchange | undefined {
    return this.#noop
  }

  /** The transfer had ended before NOOP was sent. */
  get isOver(): boolean {
    return this.#over
  }

  get noopMs(): number {
    return Math.round((this.#answeredAt ?? performance.now()) - this.#sentAt)
  }

  begun(exchange: Exchange): void {
    this.#transfer = exchange
  }

  async write(): Promise<void> {
    if (this.#noop || this.stop.signal.aborted) return
    if (this.#transfer?.reply) {
      this.#over = true
      return
    }
    const noop = this.#session.control.send('NOOP', undefined, { outOfTurn: reply => reply.code === 200 })
    this.#noop = noop
    noop.bound = undefined
    this.#sentAt = performance.now()
    const answered = noop.final.then(
      () => {
        this.#answeredAt = performance.now()
        this.#answered = this.stop.signal.aborted || this.#transfer?.reply ? 'late' : 'during'
      },
      () => {},
    )
    // Half of what counts as a stall.
    await Promise.race([answered, sleep(this.#context.stepMs / 2)])
    this.stop.abort({ code: 'aborted', text: 'the doctor has seen enough' })
  }

  /** What became of NOOP, once the transfer has ended. */
  async verdict(outcome: string): Promise<NoopEvidence['reply']> {
    const noop = this.#noop
    if (!noop) return 'never'
    if (this.#answered === 'during') return 'during'
    if (!this.stop.signal.aborted || outcome === 'control-lost') return 'broke'
    noop.bound = { name: 'NOOP', ms: this.#session.options.timeouts.explanation }
    return noop.final.then(
      () => 'after' as const,
      () => 'never' as const,
    )
  }
}
