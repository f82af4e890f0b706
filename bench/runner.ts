import { BenchError, textOf } from './errors.ts'
import { type Figure, figureOf, type Sample } from './figures.ts'
import type { Measured, Row } from './works/work.ts'

/** How much of a failure's message is kept, in characters. */
const LONGEST_REASON = 240

/** What does the works: a server or a client. */
interface Kind {
  readonly name: string
  readonly label: string
}

/** A work as the runner plans it. */
interface Planned extends Row {
  /** Measurements for each kind; undefined: as many as the run has rounds. */
  readonly rounds?: number
  /** Whether all kinds do it at the same time; default false. */
  readonly together?: boolean
}

/** What the runner works with. */
export interface Plan<K extends Kind, W extends Planned> {
  readonly kinds: readonly K[]
  readonly works: readonly W[]
  readonly rounds: number
  /** Why a kind takes no part in a work; undefined: it does. */
  leavesOut(work: W, kind: K): string | undefined
  /**
   * Does a work once and cleans up after it.
   *
   * @throws {BenchError} when it went wrong
   */
  measure(work: W, kind: K, round: number): Promise<Measured>
  /** A line about each measurement, for whoever watches. */
  progress(line: string): void
}

/**
 * Does every work with every kind, one after the other within each work, so that what else the machine does in these
 * seconds meets them all. The order turns by one from round to round and from work to work.
 */
export async function measureAll<K extends Kind, W extends Planned>(
  plan: Plan<K, W>,
): Promise<Map<string, Map<string, Figure>>> {
  const samples = new Map<string, Map<string, Sample[]>>()
  const rounds = Math.max(plan.rounds, ...plan.works.map(work => work.rounds ?? 0))
  for (let round = 0; round < rounds; round++) {
    for (const [index, work] of plan.works.entries()) {
      if (round >= (work.rounds ?? plan.rounds)) continue
      const kinds = turned(plan.kinds, round + index).filter(kind => plan.leavesOut(work, kind) === undefined)
      const measure = async (kind: K) => {
        const sample = await sampleOf(plan, work, kind, round)
        collect(samples, work.name, kind.name, sample)
        plan.progress(progressLine(work, kind, sample, rounds))
      }
      if (work.together === true) await Promise.all(kinds.map(measure))
      else for (const kind of kinds) await measure(kind)
    }
  }
  return figuresOf(plan, samples)
}

/** The first lines of a message: a stack trace would bury the table. */
function shortened(text: string): string {
  const line = text.split('\n').slice(0, 2).join(' ')
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)} ...` : line
}

/** The list, begun at another place. */
export function turned<T>(list: readonly T[], by: number): T[] {
  const start = list.length === 0 ? 0 : by % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

async function sampleOf<K extends Kind, W extends Planned>(
  plan: Plan<K, W>,
  work: W,
  kind: K,
  round: number,
): Promise<Sample> {
  try {
    const { value, detail } = await plan.measure(work, kind, round)
    return { kind: 'measured', round, value, detail }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return { kind: 'failed', round, reason: shortened(textOf(error)) }
  }
}

function collect(all: Map<string, Map<string, Sample[]>>, work: string, kind: string, sample: Sample): void {
  const row = all.get(work) ?? new Map<string, Sample[]>()
  all.set(work, row)
  row.set(kind, [...(row.get(kind) ?? []), sample])
}

function figuresOf<K extends Kind, W extends Planned>(
  plan: Plan<K, W>,
  samples: ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>,
): Map<string, Map<string, Figure>> {
  return new Map(
    plan.works.map(work => {
      const row = plan.kinds.map((kind): [string, Figure] => {
        const reason = plan.leavesOut(work, kind)
        if (reason !== undefined) return [kind.name, { kind: 'left out', reason }]
        return [kind.name, figureOf(samples.get(work.name)?.get(kind.name) ?? [])]
      })
      return [work.name, new Map(row)]
    }),
  )
}

function progressLine(work: Row, kind: Kind, sample: Sample, rounds: number): string {
  const figure =
    sample.kind === 'measured' ? `${sample.value.toFixed(1)} ${work.unit}` : `failed: ${sample.reason}`
  return `round ${sample.round + 1}/${rounds}  ${work.name.padEnd(20)} ${kind.label.padEnd(14)} ${figure}`
}
