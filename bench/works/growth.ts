import { join } from 'node:path'
import { BenchError } from '../errors.ts'
import type { LoadResult, LoadTask } from '../load.ts'
import { peakOf } from '../memory.ts'
import { PATHS } from '../stage.ts'
import { checkNames, withoutListing } from './listing.ts'
import { clearUploads } from './uploads.ts'
import type { Measured, Target, Work, WorkContext } from './work.ts'

/** Times the smaller job is done before: what is loaded and cached by doing it at all is no growth. */
const BEFORE = 5

/**
 * Memory that grows with the size of a job: the peak during a large one less the peak during a small one, in PSS
 * of the whole process tree. A server that streams shows about nothing.
 */
function growth(work: {
  readonly name: string
  readonly title: string
  readonly target: Target
  readonly listing?: 'LIST' | 'MLSD'
  task(context: WorkContext, large: boolean): LoadTask
  check?(context: WorkContext, result: LoadResult): void
}): Work {
  return {
    name: work.name,
    title: work.title,
    unit: 'MB',
    tls: false,
    running: 'fresh',
    summary: 'median',
    rounds: 1,
    target: work.target,
    leavesOut: kind =>
      work.listing === undefined
        ? kind.real
          ? undefined
          : 'only pretends'
        : withoutListing(kind, work.listing),
    async measure(context): Promise<Measured> {
      const { instance, load, stage } = context
      const watch = async (task: LoadTask) => {
        const moved = load.transfer(task)
        const peak = await peakOf(instance.pid, moved)
        return { peak, result: await moved }
      }
      const small = await watch({ ...work.task(context, false), count: BEFORE })
      await clearUploads(stage.uploads)
      const large = await watch(work.task(context, true))
      await clearUploads(stage.uploads)
      work.check?.(context, large.result)
      return {
        value: Math.max(0, large.peak.pss - small.peak.pss) / 1e6,
        detail: { pssSmall: small.peak.pss, peakPss: large.peak.pss, peakRss: large.peak.rss },
      }
    },
  }
}

/** Ten times the names. */
export function listingGrowth(command: 'LIST' | 'MLSD', target: Target): Work {
  return growth({
    name: `growth-${command.toLowerCase()}`,
    title: `memory for ${command} of 100,000 names over 10,000 (its peak)`,
    target,
    listing: command,
    task: ({ instance }, large) => ({ port: instance.port, command, path: PATHS.names[large ? 1 : 0] }),
    check: ({ stage }, result) => checkNames(result, stage.sizes.names[1], 1),
  })
}

/** A hundred times the bytes. */
export function transferGrowth(command: 'RETR' | 'STOR', target: Target): Work {
  return growth({
    name: `growth-${command.toLowerCase()}`,
    title: `memory for ${command} of 1 GiB over 10 MiB (its peak)`,
    target,
    task: ({ instance, stage }, large) => {
      const path = large ? PATHS.big : PATHS.ten
      return command === 'RETR'
        ? { port: instance.port, command, path }
        : {
            port: instance.port,
            command,
            path: `/up/${instance.kind.name}.bin`,
            source: join(stage.files, path),
          }
    },
    check: ({ stage }, result) => {
      if (result.bytes !== stage.sizes.big)
        throw new BenchError(`${result.bytes} bytes of ${stage.sizes.big} were moved`)
    },
  })
}
