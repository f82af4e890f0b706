import assert from 'node:assert/strict'
import { link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { moveWithoutLoss } from './local-move.ts'

async function makeFolder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'portolan-move-'))
  t.after(() => rm(path, { recursive: true }))
  return path
}

test('a file is moved, and its folder is made', async t => {
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'a.txt'), 'a')
  const target = join(folder, 'old/deep/a.txt')
  assert.deepEqual(await moveWithoutLoss(join(folder, 'a.txt'), target, 'run'), { path: target })
  assert.equal(await readFile(target, 'utf8'), 'a')
  assert.deepEqual(await readdir(folder), ['old'])
})

test('a file that has the name already is not lost', async t => {
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'b.txt'), 'old')
  const contents = ['old']
  for (const content of ['one', 'two', 'three']) {
    await writeFile(join(folder, 'a.txt'), content)
    await moveWithoutLoss(join(folder, 'a.txt'), join(folder, 'b.txt'), 'run')
    contents.push(content)
  }
  const names = await readdir(folder)
  assert.equal(names.length, 4)
  const found = await Promise.all(names.map(name => readFile(join(folder, name), 'utf8')))
  assert.deepEqual(found.sort(), contents.sort())
  for (const name of names) assert.match(name, /^b(\.[0-9a-f]{8}(-\d)?)?\.txt$/)
})

test('a move that was broken off between its two halves is ended, not doubled', async t => {
  const folder = await makeFolder(t)
  await writeFile(join(folder, 'a.txt'), 'a')
  await link(join(folder, 'a.txt'), join(folder, 'b.txt'))
  await moveWithoutLoss(join(folder, 'a.txt'), join(folder, 'b.txt'), 'run')
  assert.deepEqual(await readdir(folder), ['b.txt'])
})

test('a file that is gone was moved before', async t => {
  const folder = await makeFolder(t)
  assert.equal(await moveWithoutLoss(join(folder, 'a.txt'), join(folder, 'b.txt'), 'run'), undefined)
})
