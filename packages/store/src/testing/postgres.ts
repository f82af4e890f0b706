import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

/** Where Debian puts its versions of PostgreSQL. */
const VERSIONS = '/usr/lib/postgresql'

const NOT_INSTALLED = 'PostgreSQL is not installed: apt-get install postgresql'

/** How long PostgreSQL may take to start, in milliseconds. */
/** How long a killed process may take to be gone, in milliseconds. */
const STOP_MS = 10_000
const START_MS = 30_000

/** A PostgreSQL for one test file, with its own folder, port and databases. */
export interface TestPostgres extends AsyncDisposable {
  /** URL of a database that is there. */
  readonly url: string
  /** Makes another, empty database; answers its URL. */
  createDatabase(): Promise<string>
  /** Runs one statement as the superuser. @param url - of a database that was made here; default: the superuser's own */
  query(sql: string, url?: string): Promise<readonly Record<string, unknown>[]>
  /** Stops it in its tracks: connections stand, nothing answers. */
  pause(): void
  resume(): void
  /** Ends it as `kill -9` does, with all its connections. */
  kill(): Promise<void>
  /** Starts it again, on the same folder and port, after {@link kill}. */
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Why PostgreSQL cannot run here, for `skip` of a test; false when it can. With CI=true nothing may be left out, so it is
 * always false and the test fails with the reason.
 */
export function skipPostgres(): string | false {
  return process.env.CI === 'true' || binaries() !== undefined ? false : NOT_INSTALLED
}

/**
 * Starts a PostgreSQL that trusts everybody on the loopback address.
 * @param options.durable - whether it syncs what it writes, for tests that kill it. Default false
 * @throws when it is not installed or does not start
 */
export async function startPostgres(options: { durable?: boolean } = {}): Promise<TestPostgres> {
  const bin = binaries()
  if (bin === undefined) throw new Error(NOT_INSTALLED)
  const folder = mkdtempSync(join(tmpdir(), 'portolan-postgres-'))
  const data = join(folder, 'data')
  const owner = unprivileged()
  mkdirSync(data, { mode: 0o700 })
  if (owner !== undefined) for (const path of [folder, data]) chownSync(path, owner.uid, owner.gid)
  const made = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'portolan', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...owner, cwd: folder, encoding: 'utf8', timeout: START_MS },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const port = await freePort()
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    [
      `port = ${port}`,
      "listen_addresses = '127.0.0.1'",
      `unix_socket_directories = '${folder}'`,
      `fsync = ${options.durable ? 'on' : 'off'}`,
      'max_connections = 60',
      'shared_buffers = 64MB',
      "log_min_messages = 'fatal'",
    ].join('\n'),
  )
  const urlOf = (database: string) => `postgres://portolan@127.0.0.1:${port}/${database}`

  let server: ReturnType<typeof spawn> | undefined
  let log = ''
  async function start(): Promise<void> {
    log = ''
    const child = spawn(join(bin ?? '', 'postgres'), ['-D', data], {
      ...owner,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-4_000)
    })
    server = child
    const end = performance.now() + START_MS
    while (!(await answers(urlOf('postgres')))) {
      if (child.exitCode !== null || performance.now() > end) {
        child.kill('SIGKILL')
        throw new Error(`PostgreSQL does not start: ${log}`)
      }
      await sleep(25)
    }
  }
  /** @param signal - SIGINT: disconnects all and ends; SIGKILL: the same without ado */
  async function end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    const child = server
    server = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    signalAll(child.pid, 'SIGCONT')
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await gone
    clearTimeout(late)
  }
  const query = (sql: string, url = urlOf('postgres')) => ask(url, sql)
  let databases = 0
  const createDatabase = async () => {
    databases++
    await query(`create database test_${databases}`)
    return urlOf(`test_${databases}`)
  }
  const stop = async () => {
    await end('SIGINT')
    rmSync(folder, { recursive: true, force: true })
  }
  await start()
  return {
    url: await createDatabase(),
    createDatabase,
    query,
    pause: () => signalAll(server?.pid, 'SIGSTOP'),
    resume: () => signalAll(server?.pid, 'SIGCONT'),
    async kill() {
      const backends = childrenOf(server?.pid)
      await end('SIGKILL')
      // Those that are left answer on for a moment, until they see that their parent is gone.
      await Promise.all(backends.map(ended))
    },
    start,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** Every connection is served by a child process of its own. */
function signalAll(pid: number | undefined, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (pid === undefined) return
  process.kill(pid, signal)
  for (const child of childrenOf(pid)) {
    try {
      process.kill(child, signal)
    } catch {
      // Its client had gone, and so has it since the list was read.
    }
  }
}

function childrenOf(pid: number | undefined): number[] {
  if (pid === undefined) return []
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Kills a process that may be gone, and resolves once it is. */
async function ended(pid: number): Promise<void> {
  const until = performance.now() + STOP_MS
  while (performance.now() < until) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return
    }
    await sleep(5)
  }
}

/** The newest version's programs. */
function binaries(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined
  const newest = readdirSync(VERSIONS)
    .filter(version => existsSync(join(VERSIONS, version, 'bin', 'initdb')))
    .sort((a, b) => Number(b) - Number(a))[0]
  return newest && join(VERSIONS, newest, 'bin')
}

/** PostgreSQL refuses to run as root; Debian's package makes a user for it. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: idOf('-u'), gid: idOf('-g') }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

const answers = (url: string): Promise<boolean> =>
  ask(url, 'select 1').then(
    () => true,
    () => false,
  )

async function ask(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows
  } finally {
    await client.end()
  }
}
