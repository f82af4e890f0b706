import { BenchError, textOf } from './errors.ts'
import { type Figure, figureOf, type Sample } from './figures.ts'
import type { Fleet, Instance } from './fleet.ts'
import type { Load } from './load.ts'
import type { ServerKind } from './servers/server.ts'
import type { Stage } from './stage.ts'
import { clearUploads } from './works/uploads.ts'
import type { Measured, Work } from './works/work.ts'

/** How much of a failure's message is kept, in characters. */
const LONGEST_REASON = 240

/** What the runner works with. */
export interface Runner {
  readonly servers: readonly ServerKind[]
  readonly works: readonly Work[]
  readonly rounds: number
  readonly fleet: Fleet
  readonly load: Load
  readonly stage: Stage
  /** A line about each measurement, for whoever watches. */
  readonly progress: (line: string) => void
}

/**
 * Does every work with every server, server after server within each work, so that what else the machine does in
 * these seconds meets them all. The order turns by one from round to round and from work to work.
 */
export async function measureAll(runner: Runner): Promise<Map<string, Map<string, Figure>>> {
  const samples = new Map<string, Map<string, Sample[]>>()
  const rounds = Math.max(runner.rounds, ...runner.works.map(work => work.rounds ?? 0))
  for (let round = 0; round < rounds; round++) {
    for (const [index, work] of runner.works.entries()) {
      if (round >= (work.rounds ?? runner.rounds)) continue
      for (const kind of turned(runner.servers, round + index)) {
        if (work.leavesOut(kind) !== undefined) continue
        const sample = await sampleOf(runner, work, kind, round)
        collect(samples, work.name, kind.name, sample)
        runner.progress(progressLine(work, kind, sample, rounds))
      }
    }
  }
  return figuresOf(runner, samples)
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

async function sampleOf(runner: Runner, work: Work, kind: ServerKind, round: number): Promise<Sample> {
  try {
    const { value, detail } = await measure(runner, work, kind, round)
    return { kind: 'measured', round, value, detail }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return { kind: 'failed', round, reason: shortened(textOf(error)) }
  } finally {
    await clearUploads(runner.stage.uploads)
  }
}

async function measure(
  { fleet, load, stage }: Runner,
  work: Work,
  kind: ServerKind,
  round: number,
): Promise<Measured> {
  const by = (instance: Instance) => work.measure({ instance, load, stage, round })
  if (work.running === 'kept') return by(await fleet.keep(kind, { tls: work.tls, oneWorker: false }))
  await using instance = await fleet.fresh(kind, { tls: work.tls, oneWorker: true })
  return await by(instance)
}

function collect(
  all: Map<string, Map<string, Sample[]>>,
  work: string,
  server: string,
  sample: Sample,
): void {
  const row = all.get(work) ?? new Map<string, Sample[]>()
  all.set(work, row)
  row.set(server, [...(row.get(server) ?? []), sample])
}

function figuresOf(
  { works, servers }: Runner,
  samples: ReadonlyMap<string, ReadonlyMap<string, readonly Sample[]>>,
): Map<string, Map<string, Figure>> {
  return new Map(
    works.map(work => {
      const row = servers.map((kind): [string, Figure] => {
        const reason = work.leavesOut(kind)
        if (reason !== undefined) return [kind.name, { kind: 'left out', reason }]
        return [kind.name, figureOf(samples.get(work.name)?.get(kind.name) ?? [])]
      })
      return [work.name, new Map(row)]
    }),
  )
}

function progressLine(work: Work, kind: ServerKind, sample: Sample, rounds: number): string {
  const figure =
    sample.kind === 'measured' ? `${sample.value.toFixed(1)} ${work.unit}` : `failed: ${sample.reason}`
  return `round ${sample.round + 1}/${rounds}  ${work.name.padEnd(16)} ${kind.label.padEnd(10)} ${figure}`
}
