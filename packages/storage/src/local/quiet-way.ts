import { lstatSync, type Stats } from 'node:fs'
import type { ConfinedNode } from './confinement.ts'

/**
 * How long nothing may have been renamed on the way. File systems date changes in steps of up to two seconds (FAT): a
 * change from now on has to give a folder another time than it has. Milliseconds.
 */
const QUIET_MS = 3_000

/** A folder on the way, as it was first seen. */
interface Step {
  readonly path: string
  readonly dev: number
  readonly ino: number
  /** When a name in it last changed; not asked of the last folder, whose own names may come and go. */
  readonly changed: number | undefined
}

/**
 * The plain path of an open folder, for lookups that are checked afterwards. A name behind a plain path is found twice as
 * fast as one behind `/proc/self/fd/N`, but who swaps a folder on the way could make it another name. A swap dates the
 * folder that it happens in: when all folders on the way are those of before and have the times of before, there was
 * none, and what was found meanwhile is what the open folder holds. If not, it has to be thrown away.
 *
 * Works only where changes are dated by this machine, and only for lookups, which do no harm when they go astray.
 */
export class QuietWay {
  /** What stands before a name; bytes as Latin-1. */
  readonly prefix: string
  /** The last folder first. */
  readonly #steps: readonly Step[]

  private constructor(real: string, steps: readonly Step[]) {
    this.prefix = real === '/' ? '/' : `${real}/`
    this.#steps = steps
  }

  /** @returns undefined when something on the way changed of late, or is not what it seems */
  static to(folder: ConfinedNode, now: number): QuietWay | undefined {
    const real = folder.real()
    const { dev, ino } = folder.stats()
    const steps: Step[] = []
    // From the root down, and checked from the end up: each folder is watched for as long as those behind it.
    for (const path of waysTo(real)) {
      const stats = lookAt(path)
      if (!stats?.isDirectory()) return undefined
      const last = path === real
      if (last ? stats.dev !== dev || stats.ino !== ino : now - stats.ctimeMs < QUIET_MS) return undefined
      steps.unshift({ path, dev: stats.dev, ino: stats.ino, changed: last ? undefined : stats.ctimeMs })
    }
    return new QuietWay(real, steps)
  }

  /** Whether every lookup behind the path since this was made was one in the folder. */
  isUnchanged(): boolean {
    return this.#steps.every(({ changed, dev, ino, path }) => {
      const stats = lookAt(path)
      return stats?.dev === dev && stats.ino === ino && (changed === undefined || stats.ctimeMs === changed)
    })
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return lstatSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** The folders from the root of the host down to a path. */
function waysTo(path: string): string[] {
  const ways = ['/']
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1))
    ways.push(path.slice(0, end))
  return path === '/' ? ways : [...ways, path]
}
