import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { clientHalf } from './client-half.ts'
import { clientWorks } from './client-works/index.ts'
import { CLIENT_NAMES } from './clients/index.ts'
import { type Debian, unpackDebian } from './debian.ts'
import { BenchError, textOf } from './errors.ts'
import { Fleet } from './fleet.ts'
import type { Ground, Half } from './half.ts'
import { buildLoad } from './load.ts'
import { describeMachine } from './machine.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { killAll } from './processes.ts'
import { type Run, renderJson, renderTable } from './report.ts'
import { serverHalf } from './server-half.ts'
import { SERVER_NAMES } from './servers/index.ts'
import { FULL_SIZES, makeStage, QUICK_SIZES } from './stage.ts'
import { works } from './works/index.ts'

const project = dirname(import.meta.dirname)
const cache = join(project, '.cache', 'bench')

/** The tables go to standard output, everything else here. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function bench(options: Options): Promise<void> {
  const servers = serverHalf.isAskedFor(options)
  const clients = clientHalf.isAskedFor(options)
  if (!servers && !clients) throw new BenchError('nothing is left to measure: those names do not go together')
  const debian = await fetchPeers()
  const programs = await buildLoad(cache)
  const workshop = { debian, project, ceiling: programs.ceiling, node: process.execPath }

  const sizes = options.quick ? QUICK_SIZES : FULL_SIZES
  say('making the files')
  await using stage = await makeStage(servers ? sizes : { ...sizes, names: [0, 0] }, join(cache, 'stage'))
  await using fleet = new Fleet(stage, await makeCertificate(stage.scratch))
  const ground: Ground = { workshop, programs, stage, fleet, say }
  if (servers) await table('', serverHalf, ground, options)
  if (clients) await table('-clients', clientHalf, ground, options)
}

/** Measures one half, prints its table and keeps it. */
async function table(suffix: string, half: Half, ground: Ground, options: Options): Promise<void> {
  const [loadAtStart = 0] = loadavg()
  const outcome = await half.run(ground, options)
  const run: Run = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: describeMachine(),
    loadAtStart,
    rounds: options.rounds,
    quick: options.quick,
    medium: ground.stage.medium,
    ...outcome,
  }
  console.log(`${renderTable(run)}\n`)
  await keep(run, suffix, options)
}

async function fetchPeers(): Promise<Debian | undefined> {
  try {
    return await unpackDebian(cache)
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    say(error.message)
    return undefined
  }
}

/** Only whole runs are worth keeping with the project; the others go to the cache. */
async function keep(run: Run, suffix: string, { quick, only, work }: Options): Promise<void> {
  const whole = !quick && only.length === 0 && work.length === 0
  const folder = whole ? join(import.meta.dirname, 'results') : join(cache, 'results')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${run.date.replace(/[ :]/g, '-')}${suffix}.json`)
  await writeFile(path, renderJson(run))
  say(`written to ${path}`)
}

async function benchTransfers(argv: readonly string[]): Promise<void> {
  const known = {
    names: [...new Set([...SERVER_NAMES, ...CLIENT_NAMES])],
    works: [...works, ...clientWorks].map(work => work.name),
  }
  const options = readOptions(argv, known)
  if (options.help) {
    const lists = [
      `servers: ${SERVER_NAMES.join(', ')}`,
      `works of servers: ${works.map(work => work.name).join(', ')}`,
      `clients: ${CLIENT_NAMES.join(', ')}`,
      `works of clients: ${clientWorks.map(work => work.name).join(', ')}`,
    ]
    console.log(`${USAGE}\n\n${lists.join('\n')}`)
  } else await bench(options)
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  // Stays: a second signal must not end this process while it removes its files.
  process.on(signal, () => process.exit(code))
}
process.once('exit', killAll)

try {
  const [part, ...rest] = process.argv.slice(2)
  const results = { whole: join(import.meta.dirname, 'results'), parts: join(cache, 'results') }
  if (part === 'console') {
    const { benchConsole } = await import('./console/main.ts')
    await benchConsole(rest, { say, results })
  } else if (part === 'site-transfers') {
    const { benchSiteTransfers } = await import('./transfers/main.ts')
    await benchSiteTransfers(rest, { say, results })
  } else if (part === 'gateway') {
    const { benchGateway } = await import('./gateway/main.ts')
    await benchGateway(rest, { say, results })
  } else await benchTransfers(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BenchError)) throw error
  say(textOf(error))
  process.exitCode = 1
}
