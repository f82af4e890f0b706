import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore, type Store } from '@portolan/store'
import { type Step, site, transfer } from '@portolan/transfers'
import { type Embedded, PASSWORD, startEmbedded } from '../support/embedded.ts'
import { makeScratch } from '../support/scratch.ts'
import { startEngineProcess } from './kills.ts'

const RUNS = 60
const LEASE_MS = 600
const ACTOR = { by: 'test' }
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value))
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

interface Ground {
  readonly server: Embedded
  readonly store: Store
  readonly data: string
  readonly folder: string
}

/** Kills engines at random moments until all runs are over. @returns how often */
async function killUntilDone({ store, data, folder }: Ground): Promise<number> {
  const end = Date.now() + 120_000
  for (let kills = 0; Date.now() < end; kills++) {
    const engine = await startEngineProcess({ data, folder, node: 'node-a', leaseMs: LEASE_MS })
    // The last ones have to get through: an engine that lives on must end them.
    await sleep(kills < 12 ? 20 + Math.random() * 180 : 5_000)
    await engine.kill()
    const counts = await store.initiated.runs.counts(0)
    if (counts.waiting + counts.running + counts.retrying === 0) return kills + 1
  }
  throw new Error(`not all over: ${JSON.stringify(await store.initiated.runs.counts(0))}`)
}

async function makeGround(steps: readonly Step[]) {
  await using starting = new AsyncDisposableStack()
  const server = starting.use(await startEmbedded({ passivePorts: 200 }))
  const { path } = starting.use(await makeScratch())
  const [data, folder] = [join(path, 'data'), join(path, 'here')]
  await mkdir(folder)
  // As a command beside the node: its own lock is the engine's.
  await (await openStore({ folder: data }))[Symbol.asyncDispose]()
  const store = starting.use(await openStore({ folder: data, as: 'tool' }))
  const partner = site.parse({
    name: 'partner',
    ...server.at(),
    protocol: 'ftp',
    user: 'partner',
    connections: 4,
    retry: { first: 0.1, attempts: 100 },
  })
  await store.initiated.sites.create('partner', asJson(partner), ACTOR)
  await store.initiated.sites.setSecrets('partner', { password: PASSWORD }, ACTOR)
  const definition = asJson(transfer.parse({ name: 'move', steps }))
  const kept = starting.move()
  return { server, store, data, folder, definition, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

function makeContents(): Map<string, Buffer> {
  const contents = new Map<string, Buffer>()
  for (let at = 0; at < RUNS; at++) contents.set(`f${at}.bin`, randomBytes(at % 4 === 0 ? 3_000_000 : 20_000))
  return contents
}

/** How often each final name was given to a file at the partner. */
function publications({ server }: Ground): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { change, to = '' } of server.events.of('file'))
    if (change === 'renamed') counts.set(to, (counts.get(to) ?? 0) + 1)
  return counts
}

test('an engine that is killed again and again pushes every file exactly once, and takes no source away too early', async () => {
  await using ground = await makeGround(
    transfer.parse({
      name: 'x',
      steps: [{ do: 'push', site: 'partner', to: 'in', onSuccess: { do: 'delete' } }],
    }).steps,
  )
  const { store, folder, server, definition } = ground
  const contents = makeContents()
  await mkdir(join(folder, 'out'))
  for (const [name, bytes] of contents) await writeFile(join(folder, 'out', name), bytes)
  const now = Date.now()
  await store.initiated.runs.enqueue(
    [...contents.keys()].map(name => ({
      transfer: 'move',
      sites: ['partner'],
      cause: { kind: 'request' as const, text: 'a test', properties: { 'file.path': `/out/${name}` } },
      definition,
      dueAt: now,
    })),
    now,
  )
  const kills = await killUntilDone(ground)
  const counts = await store.initiated.runs.counts(0)
  assert.equal(counts.succeeded, RUNS, JSON.stringify(counts))
  const there = join(server.home('partner'), 'in')
  assert.deepEqual((await readdir(there)).sort(), [...contents.keys()].sort())
  for (const [name, bytes] of contents)
    assert.equal(digest(await readFile(join(there, name))), digest(bytes), name)
  const times = publications(ground)
  for (const name of contents.keys()) assert.equal(times.get(`/in/${name}`), 1, name)
  assert.deepEqual(await readdir(join(folder, 'out')), [])
  assert.ok(kills > 3, `only ${kills} kills`)
})

test('an engine that is killed again and again pulls every file exactly once', async () => {
  await using ground = await makeGround(
    transfer.parse({
      name: 'x',
      steps: [
        {
          do: 'pull',
          site: 'partner',
          from: 'out',
          to: { folder: '/in' },
          quietSeconds: 0,
          as: '{name}-{run}',
          remoteOnSuccess: { do: 'delete' },
        },
      ],
    }).steps,
  )
  const { store, folder, server, definition } = ground
  const contents = makeContents()
  const there = join(server.home('partner'), 'out')
  await mkdir(there, { recursive: true })
  for (const [name, bytes] of contents) await writeFile(join(there, name), bytes)
  const now = Date.now()
  await store.initiated.runs.enqueue(
    Array.from({ length: 5 }, () => ({
      transfer: 'move',
      sites: ['partner'],
      cause: { kind: 'request' as const, text: 'a test', properties: {} },
      definition,
      dueAt: now,
      exclusive: 'move',
    })),
    now,
  )
  await killUntilDone(ground)
  const counts = await store.initiated.runs.counts(0)
  assert.equal(counts.succeeded, 5, JSON.stringify(counts))
  const here = await readdir(join(folder, 'in'))
  assert.deepEqual(here.map(name => name.replace(/-[^-]+$/, '')).sort(), [...contents.keys()].sort())
  for (const name of here) {
    const bytes = contents.get(name.replace(/-[^-]+$/, '')) ?? Buffer.alloc(0)
    assert.equal(digest(await readFile(join(folder, 'in', name))), digest(bytes), name)
  }
  assert.deepEqual(await readdir(there), [])
  await rm(there, { recursive: true })
})
