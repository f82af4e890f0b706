import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { renderFigures } from '../console/figure.ts'
import type { ConsoleBench } from '../console/main.ts'
import { type Debian, unpackDebian } from '../debian.ts'
import { BenchError } from '../errors.ts'
import { buildLoad } from '../load.ts'
import { describeMachine, machineLine } from '../machine.ts'
import { type Run, renderJson, renderTable } from '../report.ts'
import { GATEWAY_USAGE, type GatewayOptions, readGatewayOptions } from './options.ts'
import { measurePolicy } from './policy.ts'
import { measureStreams } from './streams.ts'

/** Measures zero-trust access. @throws {BenchError} for a command line that cannot be read */
export async function benchGateway(argv: readonly string[], bench: ConsoleBench): Promise<void> {
  if (argv.includes('--help')) return console.log(GATEWAY_USAGE)
  const options = readGatewayOptions(argv)
  if (options.parts.has('policy')) await benchPolicy(bench)
  if (options.parts.has('streams')) await benchStreams(options, bench)
}

const now = () => new Date().toISOString().slice(0, 16).replace('T', ' ')
const fileName = (date: string, what: string) => `${date.replace(/[ :]/g, '-')}-gateway${what}.json`

async function keep(folder: string, name: string, text: string, say: ConsoleBench['say']): Promise<void> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, name)
  await writeFile(path, text)
  say(`written to ${path}`)
}

async function benchPolicy({ say, results }: ConsoleBench): Promise<void> {
  const [loadAtStart = 0] = loadavg()
  const date = now()
  const machine = describeMachine()
  say('policy')
  const figures = measurePolicy()
  const [loadAtEnd = 0] = loadavg()
  console.log(
    `${date}, ${machineLine(machine)}. Load average ${loadAtStart.toFixed(1)} at the start, ${loadAtEnd.toFixed(1)} at the end.\n`,
  )
  console.log(`${renderFigures(figures)}\n`)
  const run = { date, machine, loadAtStart, loadAtEnd, figures }
  await keep(results.parts, fileName(date, '-policy'), `${JSON.stringify(run, null, 2)}\n`, say)
}

async function benchStreams(options: GatewayOptions, { say, results }: ConsoleBench): Promise<void> {
  const { rounds, quick, only, work } = options
  const cache = join(dirname(dirname(import.meta.dirname)), '.cache', 'bench')
  const debian = await fetchPeers(cache, say)
  const programs = await buildLoad(cache)
  const [loadAtStart = 0] = loadavg()
  const date = now()
  const outcome = await measureStreams(programs, { debian }, options, say)
  const [loadAtEnd = 0] = loadavg()
  const run: Run = {
    ...{ date, machine: describeMachine(), loadAtStart, rounds, quick, ...outcome },
    remarks: [
      `The load average was ${loadAtEnd.toFixed(1)} at the end; the parts of each way, the server and its clients share the cores.`,
    ],
  }
  console.log(renderTable(run))
  const isWhole = !quick && only.length === 0 && work.length === 0
  await keep(isWhole ? results.whole : results.parts, fileName(date, ''), renderJson(run), say)
}

async function fetchPeers(cache: string, say: ConsoleBench['say']): Promise<Debian | undefined> {
  try {
    return await unpackDebian(cache)
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    say(error.message)
    return undefined
  }
}
