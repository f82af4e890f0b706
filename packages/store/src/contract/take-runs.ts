import assert from 'node:assert/strict'
import type { NewRun, RunRow, Runs } from '../store-runs.ts'
import { newRun } from './rows.ts'

/** Takes what may be taken, as the node `n`, at 1000 until 2000. */
export const take = (runs: Runs, change: Partial<Parameters<Runs['lease']>[0]> = {}) =>
  runs.lease({ node: 'n', now: 1_000, until: 2_000, limit: 10, perSite: {}, ...change })

/** Makes one run and takes it. */
export async function taken(runs: Runs, change: Partial<NewRun> = {}): Promise<RunRow> {
  const [made] = await runs.enqueue([newRun(change)], 50)
  const [run] = await take(runs)
  assert.equal(run?.id, made?.id)
  return run ?? assert.fail()
}

export const idsOf = (runs: readonly { readonly id: string }[]) => runs.map(({ id }) => id)
