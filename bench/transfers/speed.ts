import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunRow } from '@portolan/store'
import type { LabKind } from '../../e2e/lab/servers/kinds.ts'
import { startServer } from '../../e2e/lab/servers/start.ts'
import { until } from '../../e2e/support/within.ts'
import type { Desk } from '../../e2e/transfers/desk.ts'
import { addressAndUser } from '../../e2e/transfers/partner-site.ts'
import type { ConsoleFigure } from '../console/figure.ts'
import type { DatabaseKind } from '../console/options.ts'
import { BenchError } from '../errors.ts'
import { makeGround } from './ground.ts'

const FILE = new Uint8Array(10 * 1024).fill(65)
/** Sessions at once: as many as runs of a node by default. */
const CONNECTIONS = 32
/** 200 runs per second. */
const TARGET_MS = 5
const LIMIT_MS = 600_000

/** Due runs of one small file each, through one node: milliseconds for each run. */
export async function measureSpeed(
  on: DatabaseKind,
  kind: LabKind,
  runs: number,
): Promise<readonly ConsoleFigure[]> {
  await using ground = await makeGround(on)
  await using partner = await startServer(kind)
  const { desk, files } = ground
  for (let index = 0; index < runs; index++) await writeFile(join(files, `f${index}`), FILE)
  await desk.site({ name: 'partner', ...addressAndUser(partner), connections: CONNECTIONS }, partner.password)
  await desk.queue({ name: 'push', steps: [{ do: 'push', site: 'partner' }] }, runs, index => ({
    'file.path': join(files, `f${index}`),
  }))
  await ground.serve()
  const rows = await allOver(desk, runs)
  const failed = rows.find(({ state }) => state !== 'succeeded')
  if (failed) throw new BenchError(`a run ${failed.state}: ${failed.error?.text}`)
  const there = (await readdir(partner.files)).length
  if (there !== runs) throw new BenchError(`${there} files are at the partner instead of ${runs}`)
  const begun = Math.min(...rows.map(({ startedAt = 0 }) => startedAt))
  const ended = Math.max(...rows.map(({ endedAt = 0 }) => endedAt))
  const value = (ended - begun) / runs
  const name = `${runs} due runs of 10 KiB to ${partner.label}, each; ${Math.round(1000 / value)} per second`
  return [{ part: 'speed', on, name, unit: 'ms', value, target: TARGET_MS }]
}

/** Waits until so many runs are over; answers all of them. */
export async function allOver(desk: Desk, count: number): Promise<readonly RunRow[]> {
  const { runs } = desk.store.initiated
  await until(
    async () => {
      const { succeeded, failed, cancelled } = await runs.counts(0)
      return succeeded + failed + cancelled >= count || `${succeeded} of ${count} are over, ${failed} failed`
    },
    { limitMs: LIMIT_MS, everyMs: 250 },
  )
  const rows: RunRow[] = []
  for (let before: string | undefined; ; ) {
    const page = await runs.list({ limit: 500, ...(before !== undefined && { before }) })
    rows.push(...page.items)
    before = page.next
    if (before === undefined) return rows
  }
}
