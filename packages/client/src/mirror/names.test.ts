import assert from 'node:assert/strict'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { partPathOf } from '../files/part-file.ts'
import { checkLocalName, checkName, fileOfPart, foldName } from './names.ts'

const LINUX = { platform: 'linux', foldsCase: false } as const
const WINDOWS = { platform: 'win32', foldsCase: true } as const
const MAC = { platform: 'darwin', foldsCase: true } as const

for (const name of ['', '.', '..', '/etc/passwd', 'a/b', '../up', 'a\0b', 'a\nDELE b', 'a\r', '/']) {
  test(`${JSON.stringify(name)} is no name of a file anywhere`, () => {
    assert.throws(() => checkName(name), { code: 'FTP_NAME' })
    for (const rules of [LINUX, WINDOWS, MAC])
      assert.throws(() => checkLocalName(name, rules), { code: 'FTP_NAME' })
  })
}

for (const name of ['a', '...', '..a', ' ', '-rf', '~', 'a\\b', 'C:', 'con', 'é', '\u{1f6a2}', '\udcff']) {
  test(`${JSON.stringify(name)} is a name on Linux`, () => checkLocalName(name, LINUX))
}

for (const name of [
  'a\\b',
  '..\\up',
  'C:',
  'C:x',
  'file:stream',
  'con',
  'NUL.txt',
  'Com1',
  'a.',
  'a ',
  'a?',
  '\udcff',
]) {
  test(`${JSON.stringify(name)} is no name on Windows`, () => {
    assert.throws(() => checkLocalName(name, WINDOWS), { code: 'FTP_NAME' })
  })
}

test('bytes that are no UTF-8 are no name where the system wants UTF-8', () => {
  assert.throws(() => checkLocalName('a\udcff', MAC), { code: 'FTP_NAME' })
})

test('names are told apart by what the target tells apart', () => {
  assert.equal(foldName('README', MAC), foldName('ReadMe', MAC))
  assert.equal(foldName('e\u0301', MAC), foldName('\u00e9', MAC))
  assert.notEqual(foldName('README', LINUX), foldName('ReadMe', LINUX))
})

test('a name that passes is a child of its folder, on every path that is made of it', () => {
  fc.assert(
    fc.property(fc.string(), name => {
      try {
        checkLocalName(name, LINUX)
      } catch {
        return
      }
      assert.equal(join('/root', name), `/root/${name}`)
    }),
  )
})

test('the part of every file is known again, and nothing else is taken for one', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 40 })
    .filter(text => !/[/\0]/.test(text) && text !== '.' && text !== '..')
  const version = fc.constantFrom(undefined, 'segments', '2s-tp2ljo')
  fc.assert(
    fc.property(name, version, (file, of) => {
      assert.equal(fileOfPart(basename(partPathOf(`/x/${file}`, of))), file)
      assert.equal(fileOfPart(`.${file}.portolan-part`) !== undefined, true)
      assert.equal(fileOfPart(file.replace(/portolan-part$/, '')), undefined)
    }),
  )
})
