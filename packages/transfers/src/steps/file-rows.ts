import type { RunFile } from '@portolan/store'
import type { StepContext } from './context.ts'

const PAGE = 500

/** The rows of this step, as an earlier attempt or node has left them. */
export async function savedRows({ run, tools, prefix }: StepContext): Promise<RunFile[]> {
  const rows: RunFile[] = []
  for (let offset = 0; ; offset += PAGE) {
    const { items, total } = await tools.runs.files(run.id, { offset, limit: PAGE })
    rows.push(...items.filter(row => row.key.startsWith(prefix)))
    if (items.length === 0 || offset + items.length >= total) return rows
  }
}

/** Nothing more is to be done with it. */
export function isOver({ state }: RunFile): boolean {
  return state === 'done' || state === 'skipped'
}

/** Its bytes are at their final name. */
export function isDelivered({ state }: RunFile): boolean {
  return state === 'published' || state === 'done'
}

/** Adds files to the figures of the run. */
export function countFiles({ run }: StepContext, sizes: readonly number[]): void {
  const { files, bytesTotal } = run.row
  run.set({
    files: files + sizes.length,
    bytesTotal: bytesTotal + sizes.reduce((sum, size) => sum + size, 0),
  })
}

/** One more file is over. @param bytes - what it adds to those that were moved before */
export function countDone({ run }: StepContext): void {
  run.set({ filesDone: run.row.filesDone + 1 })
}
