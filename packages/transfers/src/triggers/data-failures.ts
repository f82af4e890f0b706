import { matchesConditions } from '../conditions/match.ts'
import type { Properties } from '../placeholders.ts'
import type { Definition } from './definitions.ts'
import { newRun, runProperties } from './new-run.ts'
import { sentenceOf, type TriggerParts } from './parts.ts'

/** A data connection of a client that failed. */
export interface DataFailure {
  readonly user: string
  readonly address: string
  readonly code: string
  readonly text: string
}

/** The shortest time between two runs of one transfer, in milliseconds. */
const BETWEEN_MS = 60_000

/** What has failed since the last run. */
interface Pending {
  count: number
  last: { readonly failure: DataFailure; readonly definition: Definition }
}

/**
 * Runs for data connections that fail: the first at once, then one a minute at the most for each transfer, which tells how
 * many there were. What failed is not looked for after a restart: the run tells of now.
 */
export class DataFailures implements Disposable {
  readonly #parts: TriggerParts
  /** By name of the transfer: what waits for the minute to be over. */
  readonly #resting = new Map<string, { readonly timer: Disposable; pending: Pending | undefined }>()

  constructor(parts: TriggerParts) {
    this.#parts = parts
  }

  /** @throws when a run could not be queued */
  async take(failure: DataFailure): Promise<void> {
    const now: Pending[] = []
    for (const definition of this.#parts.definitions.all()) {
      const { enabled, trigger, conditions, name } = definition.transfer
      if (!enabled || trigger.on !== 'data-failed') continue
      const properties = propertiesOf(definition, failure, 1, this.#parts.clock.now())
      if (!matchesConditions(conditions, properties).value) continue
      const resting = this.#resting.get(name)
      const count = (resting?.pending?.count ?? 0) + 1
      const pending = { count, last: { failure, definition } }
      if (resting) resting.pending = pending
      else {
        this.#rest(name)
        now.push(pending)
      }
    }
    await Promise.all(now.map(pending => this.#run(pending)))
  }

  #rest(name: string): void {
    const { clock } = this.#parts
    const timer = clock.at(clock.now() + BETWEEN_MS, () => void this.#afterRest(name))
    this.#resting.set(name, { timer, pending: undefined })
  }

  async #afterRest(name: string): Promise<void> {
    const pending = this.#resting.get(name)?.pending
    this.#resting.delete(name)
    if (!pending || !this.#parts.definitions.get(name)?.transfer.enabled) return
    this.#rest(name)
    try {
      await this.#run(pending)
    } catch (error) {
      this.#parts.warn('run-not-queued', `A run of the transfer ${name} was not made: ${sentenceOf(error)}`)
    }
  }

  async #run({ count, last: { failure, definition } }: Pending): Promise<void> {
    const now = this.#parts.clock.now()
    const { user, address, code, text } = failure
    const others = count === 1 ? '' : ` ${count - 1} more failed in the minute before.`
    const cause = {
      kind: 'data-failed',
      text: `A data connection of ${user === '' ? address : `${user} at ${address}`} failed (${code}): ${text}${others}`,
      properties: propertiesOf(definition, failure, count, now),
    } as const
    await this.#parts.writer.add([newRun(definition.transfer, cause, now)])
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#resting.values()) timer[Symbol.dispose]()
    this.#resting.clear()
  }
}

function propertiesOf(
  { transfer }: Definition,
  failure: DataFailure,
  count: number,
  now: number,
): Properties {
  const { user, address, code, text } = failure
  return runProperties(transfer, now, {
    'data.user': user,
    'data.address': address,
    'data.code': code,
    'data.text': text,
    'data.count': count,
  })
}
