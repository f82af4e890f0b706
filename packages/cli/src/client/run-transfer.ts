import type { ClientRun } from './client-run.ts'
import type { Remote } from './remotes.ts'

/** A transfer of one file. */
export interface TransferJob {
  readonly remote: Remote
  readonly direction: 'download' | 'upload'
  /** As it is shown. */
  readonly name: string
  readonly total?: number | undefined
  /** Whether what has been moved stands for the next run when this one is stopped. */
  readonly kept: boolean
  run(onProgress: (bytes: number, total: number | undefined) => void): Promise<Moved>
}

/** What a transfer was. */
interface Moved {
  readonly bytes: number
  readonly resumedAt: number
  readonly to?: string
  readonly checksum?: { readonly algorithm: string; readonly hash: string }
}

let tasks = 0

/** A number that no other transfer of this process has. */
export function nextTask(): number {
  return ++tasks
}

/** Runs a transfer and tells of it from its beginning to its end. Its failure is told, and does not end the others. */
export async function runTransfer(run: ClientRun, job: TransferJob): Promise<boolean> {
  const { remote, direction, name, total } = job
  const { server } = remote
  if (run.signal.aborted) return false
  if (server.broken) {
    run.tally.notTried++
    return false
  }
  const task = nextTask()
  const begun = performance.now()
  let at = 0
  run.tell({ event: 'start', task, name, direction, ...(total !== undefined && { total }) })
  try {
    const moved = await job.run((bytes, all) => {
      at = bytes
      const expected = all ?? total
      run.tell({ event: 'progress', task, name, bytes, ...(expected !== undefined && { total: expected }) })
    })
    run.tally.done++
    run.tally.files++
    run.tally.bytes += moved.bytes
    const ms = Math.round(performance.now() - begun)
    run.tell({ event: 'done', task, name, direction, ...moved, ms })
    return true
  } catch (error) {
    if (run.signal.aborted) run.stopped({ task, name, kept: job.kept ? at : 0 })
    else run.fail(error, { task, name, server })
    return false
  }
}

/** Does so many things at once, in their order, until all are done or the signal fires. */
export async function inParallel<T>(
  items: readonly T[],
  most: number,
  signal: AbortSignal,
  work: (item: T, left: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < items.length && !signal.aborted) {
      const item = items[next++]
      if (item !== undefined) await work(item, items.length - next)
    }
  }
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker))
}
