import assert from 'node:assert/strict'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { isKept, readHistory, writeHistory } from './history.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const kept: [line: string, is: boolean][] = [
  ['ls -l pub', true],
  ['open ftp://anna@h/', true],
  ['open work:', true],
  ['get passport.pdf', true],
  ['', false],
  ['open ftp://anna:sesame@h/', false],
  ['open ftp://:sesame@h/', false],
  ['raw PASS sesame', false],
  ['quote acct sesame', false],
  ['raw site pswd old new', false],
]

for (const [line, is] of kept) {
  test(`${JSON.stringify(line)} is ${is ? 'kept' : 'not kept'}`, () => {
    assert.equal(isKept(line), is)
  })
}

test('lines come back the newest first, from a file for its owner alone', async () => {
  const path = join(folder, 'portolan', 'history')
  writeHistory(path, ['newest', 'raw PASS sesame', 'older'])
  assert.deepEqual(readHistory(path), ['newest', 'older'])
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(join(folder, 'portolan'))).mode & 0o777, 0o700)
})

test('it does not grow without end', () => {
  const path = join(folder, 'history')
  writeHistory(
    path,
    Array.from({ length: 2_000 }, (_, i) => `line ${i}`),
  )
  const lines = readHistory(path)
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [500, 'line 0', 'line 499'])
})

test('a history that cannot be read or written is no failure', async () => {
  await writeFile(join(folder, 'file'), '')
  const path = join(folder, 'file', 'history')
  writeHistory(path, ['x'])
  assert.deepEqual(readHistory(path), [])
})
