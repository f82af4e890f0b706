import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FtpError } from '@portolan/client'
import { UserError } from '../user-error.ts'
import { isRemote, joinRemote, readTarget } from './target.ts'

const sites = new Map([
  ['work', { url: 'ftpes://anna@ftp.example.org/pub', flags: { mode: 'active' } }],
  ['root', { url: 'ftp://h/%2Fsrv/', flags: {} }],
])

const sides: [text: string, remote: boolean][] = [
  ['ftp://h/x', true],
  ['http://h/x', true],
  ['work:', true],
  ['unknown:x', true],
  ['./work:x', false],
  ['/work:x', false],
  ['c:x', false],
  ['.', false],
  ['-', false],
  ['file', false],
  ['', false],
]

for (const [text, remote] of sides) {
  test(`${JSON.stringify(text)} is ${remote ? 'on a server' : 'here'}`, () => {
    assert.equal(isRemote(text), remote)
  })
}

const paths: [text: string, path: string][] = [
  ['work:', 'pub'],
  ['work:a b%20c', 'pub/a b%20c'],
  ['work:/etc/motd', '/etc/motd'],
  ['root:', '/srv/'],
  ['root:x', '/srv/x'],
  ['ftp://h/a%20b', 'a b'],
]

for (const [text, path] of paths) {
  test(`${text} names ${path}`, () => {
    assert.equal(readTarget(text, sites).url.path, path)
  })
}

test('a site brings its flags and its name', () => {
  const { site, url } = readTarget('work:x', sites)
  assert.equal(site?.name, 'work')
  assert.deepEqual(site?.flags, { mode: 'active' })
  assert.deepEqual([url.tls, url.user, url.host], ['explicit', 'anna', 'ftp.example.org'])
})

test('a site that is not stored is told with those that are', () => {
  assert.throws(
    () => readTarget('wrok:x', sites),
    error =>
      error instanceof UserError && /no site wrok: there are root, work\..*\.\/wrok:x/.test(error.message),
  )
})

test('the name of a site without its colon is understood, and explained', () => {
  assert.throws(() => readTarget('work', sites), /work is a site: write work:/)
})

test('what is neither is refused as a URL', () => {
  assert.throws(
    () => readTarget('file', sites),
    error => error instanceof FtpError && error.code === 'FTP_SETTING',
  )
})

const joins: [folder: string, path: string, joined: string][] = [
  ['', 'x', 'x'],
  ['', '', ''],
  ['a', '', 'a'],
  ['a', 'x', 'a/x'],
  ['a/', 'x', 'a/x'],
  ['/', 'x', '/x'],
  ['a', '/x', '/x'],
]

for (const [folder, path, joined] of joins) {
  test(`${JSON.stringify(path)} from ${JSON.stringify(folder)} is ${JSON.stringify(joined)}`, () => {
    assert.equal(joinRemote(folder, path), joined)
  })
}
