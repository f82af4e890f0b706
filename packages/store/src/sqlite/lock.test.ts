import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openStore } from '../open.ts'
import { startChild } from '../testing/child.ts'
import { lockFolder } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'portolan-lock-'))
after(() => rmSync(folder, { recursive: true }))
const HOLDER = new URL('../testing/lock-holder-program.ts', import.meta.url)

test('a folder is locked once in a process, and free again when the lock is given back', () => {
  const first = lockFolder(folder)
  assert.throws(() => lockFolder(folder), { code: 'STORE_LOCKED' })
  first[Symbol.dispose]()
  lockFolder(folder)[Symbol.dispose]()
  assert.equal(statSync(join(folder, 'node.lock')).mode & 0o777, 0o600)
})

test('a second node is refused, told by whom and what to do; a tool is not; kill -9 of the first frees the folder', async () => {
  const child = startChild(HOLDER, [folder])
  assert.equal((await child.lines.next()).value, 'sqlite')
  await assert.rejects(openStore({ folder }), {
    code: 'STORE_LOCKED',
    message: new RegExp(
      `process ${child.process.pid} on ${hostname()}, since .*Stop it first, or .*--data.*--database`,
    ),
  })
  await using tool = await openStore({ folder, as: 'tool' })
  await tool.ping()
  await child.kill()
  await using node = await openStore({ folder })
  await node.ping()
  await assert.rejects(openStore({ folder }), {
    code: 'STORE_LOCKED',
    message: new RegExp(`process ${process.pid} on`),
  })
})

test('a lock file that is no database is told as such, and left alone', () => {
  const spoiled = mkdtempSync(join(tmpdir(), 'portolan-lock-'))
  after(() => rmSync(spoiled, { recursive: true }))
  writeFileSync(join(spoiled, 'node.lock'), 'x'.repeat(4_096))
  assert.throws(() => lockFolder(spoiled), { code: 'STORE_CORRUPT', message: /node\.lock/ })
})
