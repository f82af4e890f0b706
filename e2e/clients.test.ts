import assert from 'node:assert/strict'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { ClientKind } from './clients/client.ts'
import { assertDataConnections } from './clients/evidence.ts'
import { ftplib } from './clients/ftplib.ts'
import { Ground } from './clients/ground.ts'
import { CLIENTS, REUSING_CLIENTS } from './clients/index.ts'
import { describeRow, formatOutcomes, type Outcome, type Row, rowsOf } from './clients/matrix.ts'
import { walk, walkTransfers } from './clients/walk.ts'
import { makeScratch } from './support/scratch.ts'

/** A row takes about a second; this is for a machine that does much else. */
const ROW_MS = 60_000

const versions = new Map<ClientKind, string | undefined>()
for (const client of [...CLIENTS, ...REUSING_CLIENTS]) versions.set(client, await client.version())

const outcomes: Outcome[] = []
let folders = 0

/** What the installed clients can do. */
function allRows(clients: readonly ClientKind[]): Row[] {
  return clients.flatMap(client => rowsOf(client, versions.get(client)))
}

describe('real clients upload, list, download, resume, rename and delete', { concurrency: 2 }, () => {
  const ground = new Ground()
  before(() => ground.start())
  after(() => ground.stop())
  for (const row of allRows(CLIENTS)) {
    test(describeRow(row), { timeout: ROW_MS }, t => play(t, ground, { row, reuse: false }))
  }
})

describe('clients that resume TLS sessions do so where the server requires it', { concurrency: 2 }, () => {
  const ground = new Ground('--session-reuse', 'required')
  before(() => ground.start())
  after(() => ground.stop())
  const rows = allRows(REUSING_CLIENTS).filter(({ tls, family }) => tls !== 'none' && family === 4)
  for (const row of rows) {
    test(describeRow(row), { timeout: ROW_MS }, t => play(t, ground, { row, reuse: true }))
  }

  test('a client that does not resume them is refused, and nothing of its file appears', async t => {
    if (isMissing(t, ftplib)) return
    await using scratch = await makeScratch()
    const local = join(scratch.path, 'file')
    await writeFile(local, 'bytes')
    const row: Row = { client: ftplib, tls: 'explicit', family: 4, mode: 'passive', command: 'PASV' }
    await using client = await ground.connect(row, scratch.path)
    const { log, folder } = ground.server
    await assert.rejects(client.upload(local, '/refused'))
    await log.wait(({ event, verb, reply }) => event === 'command' && verb === 'STOR' && reply === 522)
    assert.ok(!(await readdir(folder)).includes('refused'), 'the file is not there')
  })
})

after(() => console.log(formatOutcomes(outcomes, CLIENTS)))

async function play(
  t: TestContext,
  ground: Ground,
  { row, reuse }: { row: Row; reuse: boolean },
): Promise<void> {
  if (isMissing(t, row.client)) return
  await using scratch = await makeScratch()
  folders += 1
  const folder = `/row-${folders}`
  const disk = join(ground.server.folder, folder)
  const emptyUpload = row.client.noEmptyUpload?.includes(row.tls) !== true
  const start = performance.now()
  let passed = false
  try {
    await using client = await ground.connect(row, scratch.path)
    await walk(client, { folder, disk, local: scratch.path, emptyUpload })
    await assertDataConnections(ground.server, {
      row,
      folder,
      sent: client.sent,
      transfers: walkTransfers(emptyUpload),
      reused: reuse,
    })
    passed = true
  } finally {
    const version = versions.get(row.client) ?? ''
    outcomes.push({ row, version, reuse, passed, ms: performance.now() - start })
  }
}

/** Leaves a test out when its client is not installed, except where nothing may be left out. */
function isMissing(t: TestContext, client: ClientKind): boolean {
  if (versions.get(client) !== undefined) return false
  const text = `${client.name} is not installed: apt-get install ${client.package}`
  if (process.env.CI === 'true') assert.fail(text)
  t.skip(text)
  return true
}
