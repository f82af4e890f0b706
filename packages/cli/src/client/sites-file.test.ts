import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { UserError } from '../user-error.ts'
import { isSiteName, readSites, type Site, writeSites } from './sites-file.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sites-'))
  path = join(folder, 'portolan', 'sites.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const secret: Site = {
  url: 'ftp://anna@h/',
  password: 'sesame',
  flags: { mode: 'active', pin: ['a'], epsv: false },
}
const open: Site = { url: 'ftp://h/', flags: {} }

test('what is stored is read again, from a file and folder for the owner alone', async () => {
  const sites = new Map([
    ['work', secret],
    ['home', open],
  ])
  await writeSites(path, sites)
  assert.deepEqual(await readSites(path), sites)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await stat(join(folder, 'portolan'))).mode & 0o777, 0o700)
  assert.deepEqual(await readdir(join(folder, 'portolan')), ['sites.json'])
})

test('no file is no site', async () => {
  assert.deepEqual(await readSites(path), new Map())
})

test('a file with passwords that others can read is refused, and how to mend it is told', async () => {
  await writeSites(path, new Map([['work', secret]]))
  await chmod(path, 0o640)
  await assert.rejects(
    readSites(path),
    error => error instanceof UserError && /chmod 600/.test(error.message),
  )
})

test('a file without passwords may be read by others', async () => {
  await writeSites(path, new Map([['home', open]]))
  await chmod(path, 0o644)
  assert.equal((await readSites(path)).size, 1)
})

const broken: { title: string; text: string }[] = [
  { title: 'no JSON', text: '{' },
  { title: 'no object', text: '[]' },
  { title: 'another version', text: '{"version":2,"sites":{}}' },
  { title: 'no sites', text: '{"version":1}' },
  { title: 'a site without a URL', text: '{"version":1,"sites":{"x":{}}}' },
  { title: 'a password that is no text', text: '{"version":1,"sites":{"x":{"url":"ftp://h","password":1}}}' },
  {
    title: 'a flag that is no text',
    text: '{"version":1,"sites":{"x":{"url":"ftp://h","flags":{"retries":3}}}}',
  },
]

for (const { title, text } of broken) {
  test(`${title}: refused in one line, and left as it is`, async () => {
    await writeSites(path, new Map())
    await writeFile(path, text)
    await assert.rejects(
      readSites(path),
      error => error instanceof UserError && !error.message.includes('\n'),
    )
  })
}

test('a folder that cannot be written is told in one line', async () => {
  await writeFile(join(folder, 'portolan'), '')
  await assert.rejects(writeSites(path, new Map()), UserError)
})

test('names of sites cannot be taken for drives, paths or URLs', () => {
  for (const name of ['work', 'ftp2', 'a.b-c_d']) assert.ok(isSiteName(name))
  for (const name of ['', 'c', '-x', '.x', 'a/b', 'a b', 'a:b', 'ü1']) assert.ok(!isSiteName(name), name)
})
