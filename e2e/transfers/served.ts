import type { RunDetail } from '@portolan/console/contract'
import type { SiteInput, TransferInput } from '@portolan/transfers'
import type { ApiClient } from '../support/console.ts'
import { until } from '../support/within.ts'

/** Makes a site by the API. */
export function makeSite(api: ApiClient, site: SiteInput, password?: string): Promise<void> {
  return api.must('POST', '/sites', { ...site, ...(password !== undefined && { secrets: { password } }) })
}

/** Makes a transfer by the API. */
export function makeTransfer(api: ApiClient, transfer: TransferInput): Promise<void> {
  return api.must('POST', '/site-transfers', transfer)
}

/** Asks for a run; answers its id. */
export async function askForRun(
  api: ApiClient,
  transfer: string,
  properties: Readonly<Record<string, string>> = {},
): Promise<string> {
  const path = `/site-transfers/${transfer}/run`
  const { id } = await api.must<{ id: string }>('POST', path, { properties })
  return id
}

/** Waits until a run is over. @throws {Error} with how it stands, when it takes too long */
export async function runOver(api: ApiClient, id: string, limitMs = 30_000): Promise<RunDetail> {
  let run = await api.must<RunDetail>('GET', `/runs/${id}`)
  await until(
    async () => {
      run = await api.must<RunDetail>('GET', `/runs/${id}`)
      return run.endedAt !== undefined || `the run is ${run.state}: ${run.error?.text ?? 'no error'}`
    },
    { limitMs, everyMs: 100 },
  )
  return run
}
