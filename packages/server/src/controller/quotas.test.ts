import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Quotas } from './quotas.ts'

async function scratch() {
  const path = await mkdtemp(join(tmpdir(), 'portolan-quotas-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

const QUOTA = { bytes: 1_000, files: 10 }

test('what the home holds is counted at first use, through all folders and no links', async () => {
  await using home = await scratch()
  await mkdir(join(home.path, 'a/b'), { recursive: true })
  await writeFile(join(home.path, 'one'), Buffer.alloc(100))
  await writeFile(join(home.path, 'a/b/two'), Buffer.alloc(200))
  await symlink('a/b/two', join(home.path, 'link'))
  assert.deepEqual(await new Quotas().left('alice', home.path, QUOTA), { bytes: 700, files: 8 })
})

test('as much is granted as the quota holds, to all who ask at once', async () => {
  await using home = await scratch()
  const quotas = new Quotas()
  const answers = await Promise.all(
    Array.from({ length: 5 }, () =>
      quotas.reserve('alice', home.path, QUOTA, { bytes: 300, need: 300, files: 3 }),
    ),
  )
  const sum = (of: 'bytes' | 'files') => answers.reduce((total, answer) => total + answer[of], 0)
  assert.ok(sum('bytes') <= 1_000)
  assert.ok(answers.filter(({ bytes }) => bytes === 300).length === 3, 'three of them fit')
  assert.ok(sum('files') <= 10)
})

test('what is settled is free again, and nobody gets more than all', async () => {
  await using home = await scratch()
  const quotas = new Quotas()
  await quotas.reserve('alice', home.path, QUOTA, { bytes: 400, need: 400, files: 2 })
  await quotas.settle('alice', { bytes: -100, files: -1 })
  assert.deepEqual(await quotas.left('alice', home.path, QUOTA), { bytes: 700, files: 9 })
  await quotas.settle('alice', { bytes: -5_000, files: -50 })
  assert.deepEqual(await quotas.left('alice', home.path, QUOTA), QUOTA)
})

test('a user of whom nothing was asked yet has nothing to settle', async () => {
  await using home = await scratch()
  const quotas = new Quotas()
  await quotas.settle('alice', { bytes: 500, files: 5 })
  assert.deepEqual(await quotas.left('alice', home.path, QUOTA), QUOTA)
})

test('a quota of one kind leaves the other without a limit', async () => {
  await using home = await scratch()
  const quotas = new Quotas()
  const ask = { bytes: 1e9, need: 1e9, files: 1e6 }
  assert.deepEqual(await quotas.reserve('alice', home.path, { files: 3 }, ask), { bytes: 1e9, files: 3 })
  assert.deepEqual(await quotas.left('alice', home.path, { files: 3 }), { files: 0 })
})

test('users do not share', async () => {
  await using home = await scratch()
  const quotas = new Quotas()
  await quotas.reserve('alice', home.path, QUOTA, { bytes: 1_000, need: 1_000, files: 0 })
  assert.deepEqual(await quotas.left('bob', home.path, QUOTA), QUOTA)
})

test('after an hour the home is counted again, for files come and go by other ways too', async () => {
  await using home = await scratch()
  let now = 0
  const quotas = new Quotas(() => now)
  await quotas.left('alice', home.path, QUOTA)
  await writeFile(join(home.path, 'by another way'), Buffer.alloc(50))
  now = 59 * 60_000
  assert.deepEqual(await quotas.left('alice', home.path, QUOTA), QUOTA)
  now = 61 * 60_000
  assert.deepEqual(await quotas.left('alice', home.path, QUOTA), { bytes: 950, files: 9 })
})

test('a home that cannot be counted fails what is asked, and is tried again', async () => {
  await using home = await scratch()
  const late = join(home.path, 'late')
  const quotas = new Quotas()
  await assert.rejects(quotas.left('alice', late, QUOTA))
  await mkdir(late)
  assert.deepEqual(await quotas.left('alice', late, QUOTA), QUOTA)
})
