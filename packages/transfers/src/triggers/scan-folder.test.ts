import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { scanFolder } from './scan-folder.ts'

const base = mkdtempSync(join(tmpdir(), 'portolan-scan-'))
after(() => rmSync(base, { recursive: true }))

const { signal } = new AbortController()

async function names(root: string, subfolders: boolean, matches = (_name: string) => true) {
  const { files, complete } = await scanFolder(root, { subfolders, matches, signal })
  assert.ok(complete)
  return files.map(({ relative }) => relative).toSorted()
}

test('files are found with the folders below when those are asked for; links and drafts are not', async () => {
  const root = join(base, 'tree')
  mkdirSync(join(root, 'sub', 'deep'), { recursive: true })
  mkdirSync(join(root, '.portolan-pull-1'))
  for (const file of [
    'a.csv',
    'b.txt',
    'sub/c.csv',
    'sub/deep/d.csv',
    '.portolan-upload-1',
    '.portolan-pull-1/file',
  ]) {
    writeFileSync(join(root, file), file)
  }
  symlinkSync(root, join(root, 'sub', 'round'))
  symlinkSync(join(root, 'a.csv'), join(root, 'link.csv'))
  assert.deepEqual(await names(root, false), ['a.csv', 'b.txt'])
  assert.deepEqual(await names(root, true), ['a.csv', 'b.txt', 'sub/c.csv', 'sub/deep/d.csv'])
  assert.deepEqual(await names(root, true, name => name.endsWith('.csv')), [
    'a.csv',
    'sub/c.csv',
    'sub/deep/d.csv',
  ])
})

test('more files than are looked at together are all found, with what the system says of them', async () => {
  const root = join(base, 'many')
  mkdirSync(root)
  for (let index = 0; index < 300; index++) writeFileSync(join(root, `f${index}`), 'x'.repeat(index))
  const { files } = await scanFolder(root, { subfolders: false, matches: () => true, signal })
  assert.deepEqual(
    files.map(({ size }) => size).toSorted((a, b) => a - b),
    Array.from({ length: 300 }, (_, index) => index),
  )
})

test('a folder that is not there is an error, and a stop ends a scan', async () => {
  await assert.rejects(names(join(base, 'none'), false), { code: 'ENOENT' })
  const stopped = AbortSignal.abort(new Error('stop'))
  await assert.rejects(
    scanFolder(join(base, 'many'), { subfolders: false, matches: () => true, signal: stopped }),
    /stop/,
  )
})
