import { setTimeout as sleep } from 'node:timers/promises'
import { type ConsoleFigure, quantile } from '../console/figure.ts'
import type { DatabaseKind } from '../console/options.ts'
import { makeGround } from './ground.ts'
import { allOver } from './speed.ts'

const MINUTE_MS = 60_000
const TARGET_MS = 1_000

/** So many schedules, each due once a minute at its own second: how late their runs begin in one minute. */
export async function measureSchedules(
  on: DatabaseKind,
  schedules: number,
): Promise<readonly ConsoleFigure[]> {
  await using ground = await makeGround(on)
  const { desk, files } = ground
  await desk.site({ name: 'nobody', host: '127.0.0.1', protocol: 'ftp' })
  for (let index = 0; index < schedules; index++) {
    await desk.define({
      name: `s${index}`,
      schedule: { cron: `${index % 60} * * * * *`, missed: 'skip' },
      // A folder without files: the run is all there is to it.
      steps: [{ do: 'push', site: 'nobody', from: { folder: files } }],
    })
  }
  await ground.serve()
  await sleep(MINUTE_MS)
  const rows = (await allOver(desk, Math.floor(schedules / 2))).filter(
    ({ startedAt }) => startedAt !== undefined,
  )
  const late = rows.map(({ dueAt, startedAt = dueAt }) => startedAt - dueAt)
  const value = quantile(late, 1)
  const name = `a run of ${schedules} schedules a minute begins late, the latest of ${rows.length}`
  const more = { median: quantile(late, 0.5), '99 %': quantile(late, 0.99) }
  return [{ part: 'schedules', on, name, unit: 'ms', value, target: TARGET_MS, more }]
}
