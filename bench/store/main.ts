import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { backupStore, inspectBackup, openStore, restoreStore } from '@portolan/store'
import { startPostgres } from '@portolan/store/testing'
import { BATCH, makeTransfers, makeUsers } from './generate.ts'
import { QUESTIONS } from './questions.ts'

/*
 * How long the store takes, on a large log: node bench/store/main.ts [--rows 1000000] [--users 10000] [--postgres]
 */

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    users: { type: 'string', default: '10000' },
    postgres: { type: 'boolean', default: false },
  },
})
const ROUNDS = 7

const show = (name: string, figures: string) => console.log(`${name.padEnd(58)} ${figures}`)

function figuresOf(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (part: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1)
  return `median ${at(0.5).padStart(7)} ms, 99 % ${at(0.99).padStart(7)} ms, worst ${at(1).padStart(7)} ms`
}

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const start = performance.now()
  const value = await work()
  return { ms: performance.now() - start, value }
}

const folder = mkdtempSync(join(tmpdir(), 'portolan-bench-store-'))
const postgres = values.postgres ? await startPostgres({ durable: true }) : undefined
try {
  const place = { folder: join(folder, 'data'), ...(postgres && { database: postgres.url }) }
  const store = await openStore(place)
  const made = await timed(() => makeUsers(store, Number(values.users)))
  show('make a user', `mean ${(made.ms / Number(values.users)).toFixed(2)} ms`)
  show(`append ${BATCH} transfers`, figuresOf(await makeTransfers(store, Number(values.rows))))
  if (postgres === undefined) {
    show('size of the database', `${Math.round(statSync(join(place.folder, 'portolan.db')).size / 1e6)} MB`)
  }
  const logins: number[] = []
  for (let index = 0; index < 5_000; index++) {
    logins.push((await timed(() => store.users.get(`user${(index * 37) % Number(values.users)}`))).ms)
  }
  const sorted = logins.sort((a, b) => a - b)
  show('users.get', `median ${sorted[2_500]?.toFixed(3)} ms, 99 % ${sorted[4_950]?.toFixed(3)} ms`)
  for (const question of QUESTIONS) {
    const first = await timed(() => question.ask(store))
    const times = [first.ms]
    for (let round = 1; round < ROUNDS; round++) times.push((await timed(() => question.ask(store))).ms)
    show(question.name, `first ${first.ms.toFixed(1).padStart(7)} ms, ${figuresOf(times)}  (${first.value})`)
  }
  const file = join(folder, 'backup')
  const backup = await timed(() => backupStore(place, file, { withKey: true }))
  const memory = Math.round(process.memoryUsage().rss / 1e6)
  show(
    'backup',
    `${(backup.ms / 1e3).toFixed(1)} s, ${Math.round(statSync(file).size / 1e6)} MB, ${memory} MB of memory`,
  )
  show('check of the backup', `${((await timed(() => inspectBackup(file))).ms / 1e3).toFixed(1)} s`)
  const restored = await timed(() => restoreStore(file, { folder: join(folder, 'restored') }))
  show(
    'restore to SQLite',
    `${(restored.ms / 1e3).toFixed(1)} s, ${Math.round(process.memoryUsage().rss / 1e6)} MB of memory`,
  )
  let longest = 0
  let last = performance.now()
  const beat = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }, 1)
  const pruned = await timed(() =>
    store.transfers.prune({ age: 1e13, rows: Number(values.rows) * 0.9 }, Date.now()),
  )
  clearInterval(beat)
  show(
    'prune a tenth',
    `${(pruned.ms / 1e3).toFixed(1)} s, ${pruned.value} rows, longest without a turn ${longest.toFixed(1)} ms`,
  )
  await store[Symbol.asyncDispose]()
} finally {
  await postgres?.stop()
  rmSync(folder, { recursive: true, force: true })
}
