import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { renderFigures } from '../console/figure.ts'
import type { ConsoleBench } from '../console/main.ts'
import { BenchError } from '../errors.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { measurePolicy } from './policy.ts'

const USAGE = 'npm run bench -- gateway'

/** Measures zero-trust access. @throws {BenchError} for a command line that cannot be read */
export async function benchGateway(argv: readonly string[], { say, results }: ConsoleBench): Promise<void> {
  if (argv.includes('--help')) return console.log(USAGE)
  const [unknown] = argv
  if (unknown !== undefined) throw new BenchError(`${unknown} is not known\n\n${USAGE}`)
  const [loadAtStart = 0] = loadavg()
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const machine = describeMachine()
  say('policy')
  const figures = measurePolicy()
  const [loadAtEnd = 0] = loadavg()
  console.log(
    `${date}, ${machineLine(machine)}. Load average ${loadAtStart.toFixed(1)} at the start, ${loadAtEnd.toFixed(1)} at the end.\n`,
  )
  console.log(renderFigures(figures))
  await mkdir(results.parts, { recursive: true })
  const path = join(results.parts, `${date.replace(/[ :]/g, '-')}-gateway.json`)
  const run = { date, machine, loadAtStart, loadAtEnd, figures }
  await writeFile(path, `${JSON.stringify(run, null, 2)}\n`)
  say(`written to ${path}`)
}
