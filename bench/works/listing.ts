import { BenchError } from '../errors.ts'
import type { LoadResult } from '../load.ts'
import type { ServerKind } from '../servers/server.ts'
import { PATHS } from '../stage.ts'
import type { Target, Work } from './work.ts'

/** Lines that a listing may have besides the names: a total, `.` and `..`. */
const EXTRA_LINES = 3

/** A folder listed, from EPSV to 226. */
export function listing(command: 'LIST' | 'MLSD', which: 'fewer' | 'more', target: Target): Work {
  const index = which === 'fewer' ? 0 : 1
  const label = which === 'fewer' ? '10,000' : '100,000'
  // The short listing takes milliseconds: several in a row make a figure.
  const count = which === 'fewer' ? 5 : 1
  return {
    name: `${command.toLowerCase()}-${which === 'fewer' ? '10k' : '100k'}`,
    title: `${command} of ${label} names`,
    unit: 'names/s',
    tls: false,
    running: 'kept',
    target,
    leavesOut: kind => withoutListing(kind, command),
    async measure({ instance, load, stage }) {
      const names = stage.sizes.names[index]
      const result = await load.transfer({ port: instance.port, command, path: PATHS.names[index], count })
      checkNames(result, names * count, count)
      return {
        value: (names * count) / result.seconds,
        detail: { seconds: result.seconds, generatorCpuSeconds: result.cpuSeconds, bytes: result.bytes },
      }
    },
  }
}

/** Why a server does not list so. */
export function withoutListing(kind: ServerKind, command: 'LIST' | 'MLSD'): string | undefined {
  if (!kind.real) return 'only pretends'
  return command === 'MLSD' && !kind.mlsd ? 'has no MLSD' : undefined
}

/** @throws {BenchError} when a listing is short or has lines of something else */
export function checkNames(result: LoadResult, names: number, listings: number): void {
  if (result.lines < names || result.lines > names + EXTRA_LINES * listings) {
    throw new BenchError(`${result.lines} lines were listed where ${names} names are`)
  }
}
