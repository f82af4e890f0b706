import type { NewRun, RunRow } from '@portolan/store'
import { matchesConditions } from '../conditions/match.ts'
import type { Trigger } from '../model/index.ts'
import type { Definition } from './definitions.ts'
import { newRun, runProperties } from './new-run.ts'
import { sentenceOf, type TriggerParts } from './parts.ts'

/** Runs that one look back considers for each definition, newest first. */
const LOOK_BACK = 500
/** The longest chain of runs that begin each other: a circle that was saved from two sides ends here. */
const LONGEST_CHAIN = 50
/** Ended runs that need no second look. */
const MOST_KNOWN = 50_000

type Following = Definition & {
  readonly transfer: { readonly trigger: Extract<Trigger, { on: 'run-ended' }> }
}

/** Runs that begin when others end. The event makes the run; a look back makes it where a node died in between. */
export class EndedRuns {
  readonly #parts: TriggerParts
  readonly #known = new Set<string>()

  constructor(parts: TriggerParts) {
    this.#parts = parts
  }

  /** @throws when the runs could not be queued */
  async take(ended: RunRow): Promise<void> {
    const following = this.#following().filter(({ transfer }) => transfer.trigger.transfer === ended.transfer)
    await this.#queue(following.flatMap(definition => this.#runFor(definition, ended) ?? []))
  }

  /** Looks for runs whose end nobody has told of. */
  async scan(): Promise<void> {
    for (const definition of this.#following()) {
      try {
        const { transfer } = definition.transfer.trigger
        const { items } = await this.#parts.tables.runs.list({ transfer, limit: LOOK_BACK })
        const since = items.filter(({ endedAt = 0 }) => endedAt >= definition.changedAt)
        await this.#queue(since.flatMap(ended => this.#runFor(definition, ended) ?? []))
      } catch (error) {
        this.#parts.signal.throwIfAborted()
        const { name } = definition.transfer
        this.#parts.warn('runs-unread', `The transfer ${name} may begin late: ${sentenceOf(error)}`)
      }
    }
  }

  #following(): Following[] {
    return this.#parts.definitions.all().filter(isFollowing)
  }

  async #queue(runs: readonly NewRun[]): Promise<void> {
    const fresh = runs.filter(run => !this.#known.has(knownKey(run)))
    await this.#parts.writer.add(fresh)
    for (const run of fresh) {
      const [oldest] = this.#known.size >= MOST_KNOWN ? this.#known : []
      if (oldest !== undefined) this.#known.delete(oldest)
      this.#known.add(knownKey(run))
    }
  }

  #runFor({ transfer }: Following, ended: RunRow): NewRun | undefined {
    const { state, endedAt, cause } = ended
    if (endedAt === undefined) return undefined
    const wanted = transfer.trigger.state
    if (wanted !== state && !(wanted === 'any' && ENDS.has(state))) return undefined
    const depth = Number(cause.properties['run.depth'] ?? 0) + 1
    if (depth > LONGEST_CHAIN) {
      this.#parts.warn(
        'chain-too-long',
        `The transfer ${transfer.name} does not begin: ${LONGEST_CHAIN} runs have begun each other. Look for a circle of triggers.`,
      )
      return undefined
    }
    const properties = runProperties(transfer, endedAt, {
      'run.id': ended.id,
      'run.transfer': ended.transfer,
      'run.state': state,
      'run.files': ended.filesDone,
      'run.bytes': ended.bytes,
      'run.error': ended.error?.code ?? '',
      'run.depth': depth,
    })
    if (!matchesConditions(transfer.conditions, properties).value) return undefined
    const text = `The run ${ended.id} of ${ended.transfer} ${state === 'cancelled' ? 'was' : 'has'} ${state}.`
    return newRun(transfer, { kind: 'run-ended', text, properties }, this.#parts.clock.now(), {
      occurrence: `ended:${ended.id}`,
    })
  }
}

const ENDS: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled'])

const isFollowing = (definition: Definition): definition is Following =>
  definition.transfer.enabled && definition.transfer.trigger.on === 'run-ended'

const knownKey = ({ transfer, occurrence }: NewRun) => `${transfer}\0${occurrence}`
