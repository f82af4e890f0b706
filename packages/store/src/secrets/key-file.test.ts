import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readKeyFile, writeKeyFile } from './key-file.ts'
import { newKey } from './seal.ts'

const folder = mkdtempSync(join(tmpdir(), 'portolan-key-'))
after(() => rmSync(folder, { recursive: true }))

test('a key file is read as it was written, by its owner alone, and replaced whole', () => {
  const file = join(folder, 'secret.key')
  assert.equal(readKeyFile(file), undefined)
  const keys = [newKey(), newKey()]
  writeKeyFile(file, keys, 'new')
  assert.deepEqual(readKeyFile(file), keys)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.throws(() => writeKeyFile(file, [newKey()], 'new'), { code: 'EEXIST' })
  assert.deepEqual(readKeyFile(file), keys)
  // What an interrupted replacement left behind is in nobody's way.
  writeFileSync(join(folder, `.secret.key.${process.pid}.new`), 'half')
  const next = [newKey()]
  writeKeyFile(file, next, 'replace')
  assert.deepEqual(readKeyFile(file), next)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(folder), ['secret.key'])
})

const key = Buffer.alloc(32).toString('base64')
const damaged: readonly [name: string, text: string][] = [
  ['empty', ''],
  ['cut off', '{"format":"portolan-keys","keys":[{"id":"ab",'],
  ['of another format', `{"format":"ssh","keys":[{"id":"ab","key":"${key}"}]}`],
  ['without keys', '{"format":"portolan-keys","keys":[]}'],
  ['with a short key', '{"format":"portolan-keys","keys":[{"id":"ab","key":"AAAA"}]}'],
  ['with a name that no key has', `{"format":"portolan-keys","keys":[{"id":"a.b","key":"${key}"}]}`],
  ['with null', '{"format":"portolan-keys","keys":[null]}'],
]
for (const [name, text] of damaged) {
  test(`a key file ${name} is refused with what to do`, () => {
    const file = join(folder, 'damaged.key')
    writeFileSync(file, text)
    assert.throws(() => readKeyFile(file), {
      code: 'STORE_KEY',
      message: /put back the one from your backup/,
    })
    assert.equal(readFileSync(file, 'utf8'), text)
  })
}

test('a key file that cannot be written is told with its name', () => {
  const file = join(folder, 'nowhere', 'secret.key')
  assert.throws(() => writeKeyFile(file, [newKey()], 'new'), { code: 'STORE_FOLDER', message: /nowhere/ })
})
