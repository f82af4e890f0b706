import type { RunAsk, Store } from '@portolan/store'
import type { SiteView } from '../../contract/index.ts'

/** The newest run of a site or a transfer. */
export async function lastRunOf(
  { initiated }: Pick<Store, 'initiated'>,
  of: Pick<RunAsk, 'site' | 'transfer'>,
): Promise<SiteView['lastRun']> {
  const { items } = await initiated.runs.list({ ...of, limit: 1 })
  const [run] = items
  return run && { id: run.id, state: run.state, at: run.endedAt ?? run.startedAt ?? run.createdAt }
}
