import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FtpError } from '@portolan/client'
import { checkName, folderPart, hasGlob, lastName } from './remote-names.ts'

const paths: [path: string, folder: string, name: string, glob: boolean][] = [
  ['', '', '', false],
  ['a', '', 'a', false],
  ['a/b', 'a/', 'b', false],
  ['/a', '/', 'a', false],
  ['a/', 'a/', '', false],
  ['a/*.csv', 'a/', '*.csv', true],
  ['a/x?', 'a/', 'x?', true],
  ['[ab]', '', '[ab]', true],
  // Only the last name is a pattern.
  ['*/b', '*/', 'b', false],
]

for (const [path, folder, name, glob] of paths) {
  test(`${JSON.stringify(path)} is ${JSON.stringify(name)} in ${JSON.stringify(folder)}, ${glob ? 'a' : 'no'} pattern`, () => {
    assert.deepEqual([folderPart(path), lastName(path), hasGlob(path)], [folder, name, glob])
  })
}

for (const name of ['', '.', '..', 'a/b', '../x', '/etc/passwd', 'a\0b']) {
  test(`${JSON.stringify(name)} is no name for a local file`, () => {
    assert.throws(
      () => checkName(name),
      error => error instanceof FtpError && error.code === 'FTP_NAME',
    )
  })
}

test('what only looks odd is a name', () => {
  for (const name of ['...', '..a', '.hidden', 'a b', '-rf', '~', 'grüße']) checkName(name)
})
