import type { Runs } from '@portolan/store'
import type { HeldRun } from '../run/held-run.ts'
import type { EngineTiming } from './timing.ts'

export interface HeartbeatOptions {
  readonly runs: Pick<Runs, 'renew'>
  readonly node: string
  readonly timing: EngineTiming
  now(): number
  onTrouble(error: unknown): void
}

/** Says of the runs that this node has that it lives, and hears which of them are to be cancelled or are no longer its own. */
export class Heartbeat {
  /** The runs that this node has, by their ids. */
  readonly held = new Map<string, HeldRun>()
  readonly #options: HeartbeatOptions
  readonly #timer: NodeJS.Timeout
  #beating: Promise<void> | undefined

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.beat(), options.timing.heartbeat)
  }

  /** Now, and one at a time. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined
    })
    return this.#beating
  }

  async #beat(): Promise<void> {
    const { runs, node, timing, now } = this.#options
    const asked = [...this.held.values()].filter(run => run.stopped !== 'lost')
    if (asked.length === 0) return
    const at = now()
    const until = at + timing.lease
    try {
      const kept = new Map(
        (
          await runs.renew(
            asked.map(({ id }) => id),
            { node, until, now: at },
          )
        ).map(one => [one.id, one]),
      )
      for (const run of asked) {
        const one = kept.get(run.id)
        // One that has ended meanwhile is held no more, and one that was taken since was not asked about.
        if (this.held.get(run.id) !== run) continue
        if (!one) run.stop('lost')
        else run.until = until
        if (one?.cancelAsked) run.stop('cancelled')
      }
    } catch (error) {
      this.#options.onTrouble(error)
      for (const run of asked) if (now() >= run.until) run.stop('lost')
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
