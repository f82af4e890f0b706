import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Step } from '../model/index.ts'
import type { StepContext } from './context.ts'
import { isDelivered, isOver, savedRows } from './file-rows.ts'
import { actRemotely, acts } from './post-action.ts'
import { rowAtEnd } from './row-at-end.ts'

/** After the last attempt: what was fetched in part is taken away, and the partner's files get what they get on failure. */
export async function tidyPull(
  step: Extract<Step, { do: 'pull' }>,
  context: StepContext,
  end: 'failed' | 'cancelled',
): Promise<void> {
  const { run, tools } = context
  if (!run.progress.listed) return
  const rows = (await savedRows(context)).filter(row => !isOver(row) && !isDelivered(row))
  for (const row of rows) {
    if (row.temporary !== undefined) await rm(dirname(row.temporary), { recursive: true, force: true })
    run.setFile(rowAtEnd(row, end))
  }
  if (end === 'cancelled' || !acts(step.remoteOnFailure) || rows.length === 0) return
  using use = await tools.sites.use(step.site)
  for (const row of rows) await actRemotely(step.remoteOnFailure, row.source, use.client, context)
}
