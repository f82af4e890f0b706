import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { skipPostgres } from '@portolan/store/testing'
import { CHROMIUM } from '../../e2e/support/browser.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { type ConsoleFigure, renderFigures } from './figure.ts'
import { measureLists } from './lists.ts'
import { measureLive } from './live.ts'
import { measureLogins } from './login.ts'
import { measureMemory } from './memory.ts'
import { CONSOLE_USAGE, type ConsoleOptions, readConsoleOptions } from './options.ts'
import { measurePage } from './page.ts'
import { startStand } from './stand.ts'

/** Where a run tells how far it is, and where it keeps its table. */
export interface ConsoleBench {
  say(line: string): void
  /** Folder for whole runs, and for the others. */
  readonly results: { readonly whole: string; readonly parts: string }
}

/** Measures the console and the store behind it. @throws {BenchError} for a command line that cannot be read */
export async function benchConsole(argv: readonly string[], { say, results }: ConsoleBench): Promise<void> {
  if (argv.includes('--help')) return console.log(CONSOLE_USAGE)
  const options = readConsoleOptions(argv)
  const [loadAtStart = 0] = loadavg()
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const machine = describeMachine()
  const { figures, leftOut } = await measure(options, say)
  const [loadAtEnd = 0] = loadavg()
  const { rows, users } = options
  const amount = `${users} users, ${rows} transfers, ${rows / 5} incidents, ${rows / 10} audit entries`
  console.log(
    `${date}, ${machineLine(machine)}. Load average ${loadAtStart.toFixed(1)} at the start, ${loadAtEnd.toFixed(1)} at the end. ${amount}.\n`,
  )
  console.log(renderFigures(figures))
  for (const why of leftOut) console.log(`- left out: ${why}`)
  const folder = options.whole && leftOut.length === 0 ? results.whole : results.parts
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${date.replace(/[ :]/g, '-')}-console.json`)
  const run = { date, machine, loadAtStart, loadAtEnd, rows, users, figures, leftOut }
  await writeFile(path, `${JSON.stringify(run, null, 2)}\n`)
  say(`written to ${path}`)
}

async function measure({ parts, databases, ...options }: ConsoleOptions, say: ConsoleBench['say']) {
  const figures: ConsoleFigure[] = []
  const leftOut: string[] = []
  const has = (part: 'page' | 'memory' | 'live') => {
    if (!parts.has(part)) return false
    if (CHROMIUM !== undefined) return true
    leftOut.push(`${part}: chromium is not installed`)
    return false
  }
  if (has('memory')) {
    say('memory')
    figures.push(...(await measureMemory()))
  }
  if (has('live')) {
    say('live updates')
    figures.push(...(await measureLive(options.sessions)))
  }
  for (const on of ['sqlite', 'postgres'] as const) {
    const asked = databases.has(on) && (parts.has('login') || parts.has('lists') || parts.has('page'))
    if (!asked) continue
    const missing = on === 'postgres' ? skipPostgres() : false
    if (missing !== false) {
      leftOut.push(`postgres: ${missing}`)
      continue
    }
    say(`filling ${on}`)
    await using stand = await startStand(on, options)
    const { node, api } = stand
    if (parts.has('login')) figures.push(...(await measureLogins(on, node.ftpPort)))
    if (parts.has('lists')) figures.push(...(await measureLists(on, { url: node.url, api, say })))
    if (on === 'sqlite' && has('page')) figures.push(...(await measurePage(node.url)))
  }
  return { figures, leftOut }
}
