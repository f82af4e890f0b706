import { join } from 'node:path'
import { BenchError } from '../errors.ts'
import type { LoadResult, LoadTask } from '../load.ts'
import { peakOf } from '../memory.ts'
import { PATHS, type Sizes } from '../stage.ts'
import { checkNames, withoutListing } from './listing.ts'
import { clearUploads } from './uploads.ts'
import type { Measured, Target, Work, WorkContext } from './work.ts'

/** How many times as much is done in small jobs before: a garbage collector's heap has then grown as far as it goes. */
const FIRST_TIMES = 3

/**
 * Memory that grows with the size of a job: the peak during a large one less the peak during more than as much in small
 * ones one after the other, in PSS of the whole process tree. A server that streams shows about nothing; what it loads,
 * caches and leaves to its garbage collector is in both.
 */
function growth(work: {
  readonly name: string
  readonly title: string
  readonly target: Target
  readonly listing?: 'LIST' | 'MLSD'
  /** How many small jobs are as much as the large one. */
  parts(sizes: Sizes): number
  task(context: WorkContext, large: boolean): LoadTask
  check?(context: WorkContext, result: LoadResult): void
}): Work {
  return {
    name: work.name,
    title: work.title,
    unit: 'MB',
    tls: false,
    running: 'fresh',
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
      const small = await watch({
        ...work.task(context, false),
        count: FIRST_TIMES * work.parts(stage.sizes),
      })
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

/** All names at once, or a tenth of them again and again. */
export function listingGrowth(command: 'LIST' | 'MLSD', target: Target): Work {
  return growth({
    name: `growth-${command.toLowerCase()}`,
    title: `memory for ${command} of 100,000 names over 10,000 again and again (its peak)`,
    target,
    listing: command,
    parts: ({ names: [fewer, more] }) => Math.round(more / fewer),
    task: ({ instance }, large) => ({ port: instance.port, command, path: PATHS.names[large ? 1 : 0] }),
    check: ({ stage }, result) => checkNames(result, stage.sizes.names[1], 1),
  })
}

/** One large file, or small ones again and again. */
export function transferGrowth(command: 'RETR' | 'STOR', target: Target): Work {
  return growth({
    name: `growth-${command.toLowerCase()}`,
    title: `memory for ${command} of 1 GiB over 10 MiB again and again (its peak)`,
    target,
    parts: ({ big, ten }) => Math.round(big / ten),
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
