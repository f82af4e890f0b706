import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { Random } from './fuzz/random.ts'
import { fuzzSession } from './fuzz/session.ts'
import { Dialogue } from './support/dialogue.ts'
import { ALICE, type Portolan, startPortolan } from './support/portolan.ts'
import { get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

/** How long new sessions are begun, in milliseconds. */
const DURATION_MS = Number(process.env.PORTOLAN_FUZZ_MS ?? 7_000)
const SEED = Number(process.env.PORTOLAN_FUZZ_SEED ?? Date.now() % 1e9)
const SESSIONS_AT_ONCE = 20
/** No session needs more than a few buffers; a leak of them would. */
const MOST_RESIDENT = 400 * 1024 * 1024

it('20 sessions at once of random bytes, damaged dialogues and misbehaving clients', async t => {
  t.diagnostic(`seed ${SEED} (PORTOLAN_FUZZ_SEED), ${DURATION_MS} ms (PORTOLAN_FUZZ_MS)`)
  await using server = await startPortolan({
    flags: ['--tls-self-signed', '--workers', '2', '--max-per-ip', '0', '--metrics', '127.0.0.1:0'],
    settings: {
      timeouts: { stall: '1s', handshake: '1s' },
      passive: { acceptTimeout: '1s', waitTimeout: '1s' },
      active: { connectTimeout: '1s' },
      bans: { delay: { first: '0s', ceiling: '0s' } },
      uploads: { durable: false },
    },
  })
  const { host, port } = server.listener()
  const target = { host, port, user: ALICE }
  const pids = await warmUp(server)
  const before = await Promise.all(pids.map(descriptors))

  let sessions = 0
  const end = performance.now() + DURATION_MS
  await Promise.all(
    Array.from({ length: SESSIONS_AT_ONCE }, async (_, lane) => {
      for (let round = 0; performance.now() < end; round += 1) {
        const number = round * SESSIONS_AT_ONCE + lane
        sessions += 1
        await fuzzSession(new Random(Math.imul(SEED, 0x9e3779b1) + number), target).catch(
          (error: unknown) => {
            throw new Error(`session ${number} of seed ${SEED}: ${String(error)}`, { cause: error })
          },
        )
      }
    }),
  )
  t.diagnostic(`${sessions} sessions`)

  await until(async () => {
    const text = await metrics(server)
    const names = [
      'portolan_sessions',
      'portolan_transfers',
      'portolan_passive_waiting',
      'portolan_passive_ports{state="reserved"}',
    ]
    const left = names.filter(name => !text.includes(`${name} 0\n`))
    return left.length === 0 || `not zero: ${left}`
  })
  await until(async () => {
    const now = await Promise.all(pids.map(descriptors))
    return (
      now.every((count, index) => count <= (before[index] ?? 0)) ||
      `descriptors before ${before}, after ${now}`
    )
  })
  for (const pid of pids) {
    const resident = await residentBytes(pid)
    assert.ok(resident < MOST_RESIDENT, `process ${pid} has ${resident} bytes`)
  }
  const told = server.log.lines.filter(
    ({ event, code }) => event === 'worker-lost' || code === 'command-failed',
  )
  assert.deepEqual(
    told.map(({ msg }) => msg),
    [],
  )
  const strange = server.log
    .tail(1_000)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('{'))
  assert.deepEqual(strange, [], 'standard error holds more than the log')
  await transferNormally(server)
})

/** Everything that is opened once is opened: answers the processes of the server. */
async function warmUp(server: Portolan): Promise<number[]> {
  for (let round = 0; round < 4; round += 1) await transferNormally(server)
  await metrics(server)
  await until(async () => /portolan_sessions 0\n/.test(await metrics(server)) || 'sessions')
  const workers = server.log.lines
    .filter(({ event }) => event === 'worker-started')
    .map(({ pid }) => Number(pid))
  assert.equal(workers.length, 2)
  return [server.pid, ...workers]
}

async function transferNormally(server: Portolan): Promise<void> {
  const { host, port } = server.listener()
  const content = randomBytes(300_000)
  await Promise.all(
    ([undefined, 'TLSv1.2', 'TLSv1.3'] as const).map(async version => {
      await using dialogue = await Dialogue.begin({ host, port })
      if (version) await dialogue.secure(version)
      await dialogue.logIn(ALICE.name, ALICE.password)
      await dialogue.ask('TYPE I', 200)
      const name = `normal-${version}.bin`
      for (const way of ['EPSV', 'PORT'] as const) {
        await put(dialogue, `STOR ${name}`, content, way)
        assert.deepEqual(await get(dialogue, `RETR ${name}`, way), content)
        await get(dialogue, 'MLSD', way)
      }
      await dialogue.ask(`DELE ${name}`, 250)
      await dialogue.quit()
    }),
  )
}

async function metrics(server: Portolan): Promise<string> {
  const { url } = await server.log.wait(({ event }) => event === 'metrics')
  // Without keep-alive: the connection would count as a descriptor.
  const answer = await fetch(String(url), { headers: { connection: 'close' } })
  return answer.text()
}

async function descriptors(pid: number): Promise<number> {
  return (await readdir(`/proc/${pid}/fd`)).length
}

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}
