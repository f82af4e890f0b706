import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { verifyPassword } from '@portolan/server'
import { openStore } from '@portolan/store'
import { runMain } from './testing-run.ts'

const root = mkdtempSync(join(tmpdir(), 'store-commands-'))
after(() => rmSync(root, { recursive: true }))
let cwd = ''

beforeEach(async () => {
  cwd = mkdtempSync(join(root, 'node-'))
  await using store = await openStore({ folder: join(cwd, 'data') })
  await store.administrators.create({ name: 'root', role: 'administrator', password: 'old' })
  await store.administrators.change('root', { totpSecret: 'SECRET', recoveryCodes: ['a'] })
  writeFileSync(join(cwd, 'data', 'portolan.yaml'), '# mine\n')
})

const openTool = (folder = 'data') => openStore({ folder: join(cwd, folder), as: 'tool' })

test('backup and restore: everything comes back in another folder, with the settings file and the key', async () => {
  const made = await runMain(cwd, ['backup', 'b.backup'])
  assert.equal(made.code, 0, made.err)
  assert.match(made.out, /^b\.backup: whole, made 2\S+Z from SQLite\n/)
  assert.match(made.out, /administrators +1\n/)
  assert.match(made.out, /portolan\.yaml\n {2}secret\.key$/)
  assert.match(made.err, /holds the key of its secrets.*\nThe files of the users are not in it/)
  const restored = await runMain(cwd, ['restore', 'b.backup', '--data', 'other'])
  assert.equal(restored.code, 0, restored.err)
  assert.match(restored.out, /restored \d+ rows$/)
  assert.equal(restored.err, '')
  assert.equal(readFileSync(join(cwd, 'other', 'portolan.yaml'), 'utf8'), '# mine\n')
  await using store = await openTool('other')
  assert.equal((await store.administrators.get('root'))?.totpSecret, 'SECRET')
})

test('backup --without-key says what is needed beside it, and the restore does, too', async () => {
  const made = await runMain(cwd, ['backup', 'b', '--without-key'])
  assert.match(made.err, /does not hold the key of its secrets/)
  const restored = await runMain(cwd, ['restore', 'b', '--data', 'other'])
  assert.equal(restored.code, 0)
  assert.match(restored.err, /key file does not fit/)
})

test('backup --check: a whole one is described, a damaged one refused', async () => {
  await runMain(cwd, ['backup', 'b'])
  const good = await runMain(cwd, ['backup', '--check', 'b'])
  assert.equal(good.code, 0)
  assert.match(good.out, /^b: whole/)
  const bytes = readFileSync(join(cwd, 'b'))
  writeFileSync(join(cwd, 'b'), bytes.subarray(0, bytes.length - 100))
  const bad = await runMain(cwd, ['backup', '--check', 'b'])
  assert.deepEqual([bad.code, bad.out], [2, ''])
  assert.match(bad.err, /is damaged: it is cut off, or was changed\. Use another backup/)
  assert.equal((await runMain(cwd, ['restore', 'b', '--data', 'other'])).code, 2)
})

test('restore takes the place of what is there with --force alone, and says where that is now', async () => {
  await runMain(cwd, ['backup', 'b'])
  const refused = await runMain(cwd, ['restore', 'b'])
  assert.equal(refused.code, 2)
  assert.match(refused.err, /is there already; .*--force/)
  const forced = await runMain(cwd, ['restore', 'b', '--force'])
  assert.equal(forced.code, 0, forced.err)
  assert.match(forced.out, /what was there is now .*portolan\.db\.before-restore\nrestored/)
})

test('secrets rotate: secrets open with the new key', async () => {
  const key = readFileSync(join(cwd, 'data', 'secret.key'), 'utf8')
  const { code, out } = await runMain(cwd, ['secrets', 'rotate'])
  assert.deepEqual([code, out], [0, 'encrypted 1 secret anew'])
  assert.notEqual(readFileSync(join(cwd, 'data', 'secret.key'), 'utf8'), key)
  await using store = await openTool()
  assert.equal((await store.administrators.get('root'))?.totpSecret, 'SECRET')
})

test('admin list tells who there is', async () => {
  const { code, out } = await runMain(cwd, ['admin', 'list'])
  assert.deepEqual([code, out], [0, 'root  administrator  second factor  never signed in'])
})

test('admin reset-password prints a password that works, ends the sessions, and is in the audit log; also beside a node', async () => {
  await using node = await openStore({ folder: join(cwd, 'data') })
  await node.webSessions.create({
    hash: 'h',
    kind: 'administrator',
    name: 'root',
    createdAt: 1,
    expiresAt: 9e15,
    lastSeenAt: 1,
    address: '::1',
    userAgent: '',
  })
  await node.administrators.create({ name: 'second', role: 'administrator', password: 'p' })
  await node.administrators.change('root', { enabled: false })
  const { code, out, err } = await runMain(cwd, ['admin', 'reset-password', 'root'])
  assert.equal(code, 0, err)
  const row = await node.administrators.get('root')
  assert.equal(await verifyPassword(row?.password ?? '', out), true)
  assert.equal(row?.enabled, true)
  assert.deepEqual(await node.webSessions.of('administrator', 'root'), [])
  const [entry] = (await node.audit.list({ limit: 1 })).items
  assert.deepEqual([entry?.action, entry?.target], ['administrator.reset-password', 'root'])
  assert.doesNotMatch(JSON.stringify(entry), new RegExp(out))
})

test('admin disable-totp lets in with the password alone', async () => {
  assert.equal((await runMain(cwd, ['admin', 'disable-totp', 'root'])).code, 0)
  await using store = await openTool()
  const row = await store.administrators.get('root')
  assert.deepEqual([row?.totpSecret, row?.recoveryCodes], [undefined, []])
  const again = await runMain(cwd, ['admin', 'disable-totp', 'root'])
  assert.match(again.err, /has no second factor; nothing was changed/)
})

const mistakes: readonly [args: string[], err: RegExp][] = [
  [['admin', 'reset-password', 'nobody'], /no administrator "nobody"; there are: root/],
  [['admin', 'list', '--data', 'empty'], /empty is no data folder of a node/],
  [['backup', 'x', '--data', 'empty'], /there is no .*portolan\.db; say where .*--data/],
  [['secrets', 'rotate', '--data', 'empty'], /there is no .*portolan\.db/],
  [['restore', 'nowhere', '--data', 'empty'], /nowhere cannot be read/],
  [['backup', 'data/portolan.yaml'], /is there already; backups are not overwritten/],
  [['backup', '--check', 'data/portolan.yaml'], /is no backup of portolan/],
  [['backup', 'x', '--database', 'mysql://x'], /none of PostgreSQL/],
]
for (const [args, expected] of mistakes) {
  test(`a mistake is told with what to do: ${args.join(' ')}`, async () => {
    mkdirSync(join(cwd, 'empty'))
    const { code, err } = await runMain(cwd, args)
    assert.equal(code, 2)
    assert.match(err, expected)
  })
}
