import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { skipPostgres } from '@portolan/store/testing'
import { skipServer } from '../../e2e/lab/servers/workshop.ts'
import { type ConsoleFigure, renderFigures } from '../console/figure.ts'
import type { ConsoleBench } from '../console/main.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { measureRunLists } from './lists.ts'
import { readTransfersOptions, TRANSFERS_USAGE, type TransfersOptions } from './options.ts'
import { measureSchedules } from './schedules.ts'
import { measureSpeed } from './speed.ts'

/** Measures server-initiated transfers through one node. @throws {BenchError} for a command line that cannot be read */
export async function benchSiteTransfers(
  argv: readonly string[],
  { say, results }: ConsoleBench,
): Promise<void> {
  if (argv.includes('--help')) return console.log(TRANSFERS_USAGE)
  const options = readTransfersOptions(argv)
  const [loadAtStart = 0] = loadavg()
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const machine = describeMachine()
  const { figures, leftOut } = await measure(options, say)
  const [loadAtEnd = 0] = loadavg()
  console.log(
    `${date}, ${machineLine(machine)}. Load average ${loadAtStart.toFixed(1)} at the start, ${loadAtEnd.toFixed(1)} at the end.\n`,
  )
  console.log(renderFigures(figures))
  for (const why of leftOut) console.log(`- left out: ${why}`)
  const folder = argv.length === 0 && leftOut.length === 0 ? results.whole : results.parts
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${date.replace(/[ :]/g, '-')}-transfers.json`)
  const { runs, stored, schedules } = options
  const run = { date, machine, loadAtStart, loadAtEnd, runs, stored, schedules, figures, leftOut }
  await writeFile(path, `${JSON.stringify(run, null, 2)}\n`)
  say(`written to ${path}`)
}

async function measure(options: TransfersOptions, say: ConsoleBench['say']) {
  const { parts, databases, runs, stored, schedules } = options
  const figures: ConsoleFigure[] = []
  const leftOut: string[] = []
  const take = (found: readonly ConsoleFigure[]) => {
    figures.push(...found)
    for (const { name, on, value, unit } of found) say(`${on}: ${name}: ${value.toFixed(1)} ${unit}`)
  }
  for (const on of databases) {
    const missing = on === 'postgres' ? skipPostgres() : false
    if (missing !== false) {
      leftOut.push(`postgres: ${missing}`)
      continue
    }
    for (const kind of ['portolan', 'vsftpd'] as const) {
      if (!parts.has('speed')) continue
      const why = await skipServer(kind)
      if (why === false) take(await measureSpeed(on, kind, runs))
      else leftOut.push(`${kind}: ${why}`)
    }
    if (parts.has('schedules')) take(await measureSchedules(on, schedules))
    if (parts.has('lists')) take(await measureRunLists(on, stored))
  }
  return { figures, leftOut }
}
