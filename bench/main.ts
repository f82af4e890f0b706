import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { dirname, join } from 'node:path'
import { makeCertificate } from './certificate.ts'
import { type Debian, unpackDebian } from './debian.ts'
import { BenchError, textOf } from './errors.ts'
import { Fleet } from './fleet.ts'
import { buildLoad, Load } from './load.ts'
import { describeMachine } from './machine.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { killAll } from './processes.ts'
import { type Column, type Run, renderJson, renderTable } from './report.ts'
import { measureAll } from './runner.ts'
import { allServers, SERVER_NAMES } from './servers/index.ts'
import type { ServerKind } from './servers/server.ts'
import { FULL_SIZES, makeStage, QUICK_SIZES } from './stage.ts'
import { works } from './works/index.ts'

const project = dirname(import.meta.dirname)
const cache = join(project, '.cache', 'bench')

/** The table goes to standard output, everything else here. */
function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function bench(options: Options): Promise<void> {
  const [loadAtStart = 0] = loadavg()
  const debian = await fetchPeers()
  const programs = await buildLoad(cache)
  const workshop = { debian, project, ceiling: programs.ceiling, node: process.execPath }
  const servers = allServers(workshop).filter(
    kind => options.only.length === 0 || options.only.includes(kind.name),
  )
  const chosen = works.filter(work => options.work.length === 0 || options.work.includes(work.name))
  const columns = await Promise.all(servers.map(columnOf))

  const sizes = options.quick ? QUICK_SIZES : FULL_SIZES
  say('making the files')
  await using stage = await makeStage(sizes, join(cache, 'stage'))
  await using fleet = new Fleet(stage, await makeCertificate(stage.scratch))
  const figures = await measureAll({
    servers: servers.filter(kind => kind.missing() === undefined),
    works: chosen,
    rounds: options.rounds,
    fleet,
    load: new Load(programs),
    stage,
    progress: say,
  })
  const run: Run = {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    machine: describeMachine(),
    loadAtStart,
    rounds: options.rounds,
    quick: options.quick,
    medium: stage.medium,
    columns,
    works: chosen,
    figures,
  }
  console.log(renderTable(run))
  await keep(run, options)
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

async function columnOf(kind: ServerKind): Promise<Column> {
  const { name, label, role, note } = kind
  const missing = kind.missing()
  const version = missing === undefined ? await kind.version() : ''
  return { name, label, role, note, version, ...(missing === undefined ? {} : { missing }) }
}

/** Only whole runs are worth keeping with the project; the others go to the cache. */
async function keep(run: Run, { quick, only, work }: Options): Promise<void> {
  const whole = !quick && only.length === 0 && work.length === 0
  const folder = whole ? join(import.meta.dirname, 'results') : join(cache, 'results')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${run.date.replace(/[ :]/g, '-')}.json`)
  await writeFile(path, renderJson(run))
  say(`written to ${path}`)
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
  const options = readOptions(process.argv.slice(2), {
    servers: SERVER_NAMES,
    works: works.map(work => work.name),
  })
  if (options.help)
    console.log(
      `${USAGE}\n\nservers: ${SERVER_NAMES.join(', ')}\nworks: ${works.map(work => work.name).join(', ')}`,
    )
  else await bench(options)
} catch (error) {
  if (!(error instanceof BenchError)) throw error
  say(textOf(error))
  process.exitCode = 1
}
