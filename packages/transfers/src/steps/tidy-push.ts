import type { RunFile } from '@portolan/store'
import type { SiteUse } from '../engine/site-clients.ts'
import { lookAt } from '../files/remote-look.ts'
import type { Step } from '../model/index.ts'
import type { LocalFile } from '../run/progress.ts'
import { ConnectionNotes } from './connection-notes.ts'
import type { StepContext } from './context.ts'
import { isOver, savedRows } from './file-rows.ts'
import { actLocally, isRefusal } from './post-action.ts'
import { wasPublished } from './publish-remote.ts'
import { filesOf } from './push.ts'
import { rowAtEnd } from './row-at-end.ts'

type PushStep = Extract<Step, { do: 'push' }>

/** Milliseconds that tidying up at a partner may take. */
const TIDY_MS = 20_000

/**
 * After the last attempt: what is half at the partner is taken away as far as the partner can be reached, and the sources that
 * were not delivered get what is to be done with them on failure.
 */
export async function tidyPush(
  step: PushStep,
  context: StepContext,
  end: 'failed' | 'cancelled',
): Promise<void> {
  const { run, tools } = context
  if (!run.progress.listed) return
  const rows = (await savedRows(context)).filter(row => !isOver(row) && row.state !== 'published')
  if (rows.length === 0) return
  const atPartner = rows.filter(({ temporary }) => temporary !== undefined)
  const published = new Set<string>()
  if (atPartner.length > 0) {
    try {
      using use = await tools.sites.use(step.site)
      for (const row of atPartner) if (await tidyRemote({ step, context, use }, row)) published.add(row.key)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      run.note('warning', `What was sent in part may still be at ${step.site}: ${why}`, {}, true)
    }
  }
  const files: ReadonlyMap<string, LocalFile> = end === 'failed' ? await filesOf(step, context) : new Map()
  for (const row of rows) {
    if (published.has(row.key)) run.setFile({ ...row, state: 'published' })
    else {
      const file = files.get(row.key)
      if (file) await actLocally(step.onFailure, file, row.version || undefined, context)
      run.setFile(rowAtEnd(row, end))
    }
  }
}

/** @returns whether the file turns out to be published */
async function tidyRemote(
  { step, context, use }: { step: PushStep; context: StepContext; use: SiteUse },
  row: RunFile,
): Promise<boolean> {
  const { run } = context
  const notes = new ConnectionNotes(run, step.site, use.connections)
  if (row.state === 'verified' && (await wasPublished({ step, context, use, notes }, row))) return true
  const { temporary } = row
  if (temporary === undefined) return false
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(TIDY_MS)])
  const look = await lookAt(use.client, temporary, signal)
  if (look.there === 'no') return false
  try {
    await use.client.remove(temporary, { signal })
  } catch (error) {
    // Servers that keep a broken upload for its owner tell its size, and remove it by themselves.
    if (isRefusal(error)) return false
    throw error
  }
  run.note('file', `${temporary} was removed at ${use.site.name}.`)
  return false
}
