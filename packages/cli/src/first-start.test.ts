import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { loadSettings } from '@portolan/settings'
import { generatePassword, openDataFolder } from './first-start.ts'

const HASH = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`
const hash = async () => HASH

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first-start-'))
})
after(() => rm(folder, { recursive: true, force: true }))

test('a first start makes settings that have neither mistakes nor warnings, and the home of a user with a password', async () => {
  const data = join(folder, 'a', 'data')
  const hashed: string[] = []
  const { config, made } = await openDataFolder(data, {
    hash: async password => {
      hashed.push(password)
      return HASH
    },
  })
  assert.equal(config, join(data, 'portolan.yaml'))
  const { settings, warnings } = await loadSettings({
    file: config,
    ephemeral: undefined,
    store: { input: {} },
  })
  assert.deepEqual(warnings, [])
  assert.deepEqual([made?.name, made?.hash, made?.home], ['portolan', HASH, join(data, 'files', 'portolan')])
  assert.deepEqual(hashed, [made?.password])
  assert.ok((await stat(made?.home ?? '')).isDirectory())
  assert.equal(settings.tls.selfSigned, true)
  assert.equal(settings.server.dataFolder, data)
})

test('the settings file is for its owner only and holds no password and no hash of one', async () => {
  const { config, made } = await openDataFolder(join(folder, 'b'), { hash: async () => 'the hash' })
  assert.equal((await stat(config)).mode & 0o777, 0o600)
  const text = await readFile(config, 'utf8')
  assert.ok(!text.includes('the hash') && !text.includes(made?.password ?? ''))
})

test('every line of the settings that is commented out is a setting that works', async () => {
  const { config } = await openDataFolder(join(folder, 'c'), { hash })
  const text = await readFile(config, 'utf8')
  const [intro = '', ...sections] = text.split('\n\n')
  assert.match(intro, /^# Settings/)
  const uncommented = sections.join('\n\n').replace(/^( *)# (?=\s*(?:- |\w+:))/gm, '$1')
  await writeFile(config, uncommented.replace('selfSigned: true ', 'selfSigned: false '))
  const { settings } = await loadSettings({ file: config, ephemeral: undefined })
  assert.equal(settings.tls.certificate, join(folder, 'c', 'tls', 'fullchain.pem'))
  assert.equal(settings.passive.addressRules.length, 2)
  assert.equal(settings.users[0]?.permissions?.length, 2)
  assert.equal(settings.anonymous.enabled, true)
})

test('a later start leaves everything as it is and tells no password', async () => {
  const data = join(folder, 'd')
  const first = await openDataFolder(data, { hash })
  await writeFile(first.config, 'log: { level: warn }\n')
  const second = await openDataFolder(data, { hash })
  assert.equal(second.made, undefined)
  await second.undo()
  assert.equal(await readFile(first.config, 'utf8'), 'log: { level: warn }\n')
})

test('a first start that came to nothing is undone, so that the next one tells a password again', async () => {
  const data = join(folder, 'e')
  const first = await openDataFolder(data, { hash })
  await first.undo()
  const second = await openDataFolder(data, { hash })
  assert.ok(second.made)
  assert.notEqual(second.made.password, first.made?.password)
})

test('a data folder that cannot be made is named', async () => {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'file')
  await writeFile(file, '')
  await assert.rejects(openDataFolder(join(file, 'data'), { hash }), {
    name: 'UserError',
    message: new RegExp(`^the data folder ${join(file, 'data')} cannot be made: `),
  })
})

test('generatePassword: four groups of five, of characters that need no quotes and look like no other', () => {
  for (let i = 0; i < 100; i++)
    assert.match(generatePassword(), /^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/)
  const bounds = new Set<number>()
  generatePassword(bound => {
    bounds.add(bound)
    return bound - 1
  })
  assert.deepEqual([...bounds], [31])
})
