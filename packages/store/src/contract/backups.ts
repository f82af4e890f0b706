import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import { backupStore } from '../backup/backup-store.ts'
import { inspectBackup } from '../backup/inspect-backup.ts'
import { restoreStore, restoreStoreAt } from '../backup/restore-store.ts'
import { openStore, openStoreAt, type StoreOptions } from '../open.ts'
import type { Migrations } from '../schema/migration.ts'
import { MIGRATIONS } from '../schema/migrations.ts'
import { KEPT_TABLES, PASSING_TABLES } from '../schema/table-names.ts'
import type { Store } from '../store.ts'
import type { AccessTables } from '../store-access.ts'
import type { TransferTables } from '../store-runs.ts'
import { newMember } from './access.ts'
import { newStream } from './access-streams.ts'
import { BY, type Place } from './place.ts'
import { auditEntry, incident, newRun, runFile, transfer } from './rows.ts'
import { openRaw } from './secrets.ts'

/** Writes something of everything, with what is hard to keep. */
async function fillStore(store: Store): Promise<void> {
  await store.settings.save({ base: 0, document: { a: ['ä\0', 1.5, null] }, comment: 'first\nline', ...BY })
  await store.groups.create('g', { home: '/g' }, BY)
  for (let index = 0; index < 5; index++) {
    await store.users.create(
      `user${index}`,
      { document: { index }, enabled: true, groups: ['g'], password: 'h' },
      BY,
    )
  }
  await store.users.loggedIn('user1', { at: 123, from: '::1' })
  await store.administrators.create({ name: 'root', role: 'administrator', password: 'p' })
  await store.administrators.change('root', { totpSecret: 'SECRET', recoveryCodes: ['x'] })
  await store.tokens.create({ hash: 'h', name: 'ci', scopes: ['a'], createdBy: 'root' })
  await store.bans.put({ kind: 'user', value: 'x', reason: '', by: 'root', at: 1, until: 9e12 })
  await store.certificates.put({ name: 'c', chain: 'chain', key: 'KEY', by: 'root' })
  await store.transfers.append(
    Array.from({ length: 1_200 }, (_, index) =>
      transfer({ at: 1_700_000_000_000 + index, bytes: 2 ** 52 + index }),
    ),
  )
  await store.incidents.append([incident()])
  await store.audit.append([auditEntry()])
  await fillTransfers(store.initiated)
  await fillAccess(store.access)
}

/** More files, events and keys of one run and transfer than are read at once. */
async function fillTransfers({ zones, sites, definitions, runs, fetched, schedules }: TransferTables) {
  await zones.create('z', { proxy: 1 }, BY)
  await zones.setSecrets('z', { password: 'ZONE' }, BY)
  await sites.create('s', { host: 'h' }, BY)
  await sites.setSecrets('s', { password: 'SITE', key: 'PEM' }, BY)
  await definitions.create('d', { steps: [] }, BY)
  await runs.enqueue([newRun({ occurrence: 'o' }), newRun({ occurrence: 'p', exclusive: 'x' })], 1_000)
  const [run] = await runs.lease({ node: 'n', now: 1_000, until: 2_000, limit: 1, perSite: {} })
  const many = Array.from({ length: 1_200 }, (_, index) => String(index).padStart(4, '0'))
  await runs.save(run?.id ?? '', 'n', {
    progress: { step: 3 },
    fileRows: many.map(key => runFile({ key })),
    events: many.map(text => ({ at: 5, kind: 'moved', text, detail: { a: null } })),
  })
  await fetched.add('d', many, 7)
  await schedules.set('d', 8)
}

/** The access path, with more streams than are read at once. */
async function fillAccess(access: AccessTables) {
  const { segments, segmentGroups, serverGroups, connectorGroups, publications, policies } = access
  for (const table of [segments, segmentGroups, serverGroups, connectorGroups, publications, policies]) {
    await table.create('x', { a: null }, BY)
  }
  await access.keys.create('k', { document: { kind: 'edge' }, hash: 'h' }, BY)
  await access.keys.use('k', 2)
  await access.members.create(newMember())
  await access.people.create('alice', { tokens: [] }, BY)
  await access.people.setSecrets('alice', { totp: 'TOTP' }, BY)
  await access.people.takeTotpStep('alice', 7)
  await access.authority.create('authority', { certificate: 'PEM' }, BY)
  await access.authority.setSecrets('authority', { key: 'AUTHORITY' }, BY)
  await access.streams.save(Array.from({ length: 700 }, (_, index) => newStream(`c${index}`)))
}

/** Everything that a backup has to keep. */
async function contentsOf(store: Store): Promise<unknown> {
  const pages = []
  let before: string | undefined
  do {
    const page = await store.transfers.list({ limit: 500, ...(before !== undefined && { before }) })
    pages.push(page.items)
    before = page.next
  } while (before !== undefined)
  return {
    settings: await store.settings.list({ limit: 50 }),
    groups: await store.groups.all(),
    users: await store.users.list({ offset: 0, limit: 50 }),
    administrators: await store.administrators.list(),
    tokens: await store.tokens.list({ offset: 0, limit: 50 }),
    token: await store.tokens.find('h'),
    bans: await store.bans.active(5),
    certificate: await store.certificates.get('c'),
    transfers: pages.flat(),
    found: await store.transfers.list({ limit: 3, search: 'june' }),
    incidents: await store.incidents.list({ limit: 50 }),
    audit: await store.audit.list({ limit: 50 }),
    transferTables: await transferContents(store.initiated),
    access: await accessContents(store.access),
  }
}

async function transferContents({ zones, sites, definitions, runs, fetched, schedules }: TransferTables) {
  const { items } = await runs.list({ limit: 50 })
  assert.equal(items.length, 2)
  const running = items.find(({ state }) => state === 'running')?.id ?? ''
  const page = (offset: number) => runs.files(running, { offset, limit: 500 })
  const files = [await page(0), await page(500), await page(1_000)]
  const events = [
    ...(await runs.events(running, { limit: 1_000 })),
    ...(await runs.events(running, { after: '1000', limit: 1_000 })),
  ]
  const known = await fetched.known('d', ['0000', '0777', '1199', '1200'])
  assert.deepEqual([files[2]?.items.length, events.length, known.size], [200, 1_200, 3])
  return {
    zones: [await zones.all(), await zones.secrets('z')],
    sites: [await sites.all(), await sites.secrets('s')],
    definitions: await definitions.all(),
    runs: items,
    files,
    events,
    marks: await schedules.all(),
  }
}

async function accessContents(access: AccessTables) {
  const { segments, segmentGroups, serverGroups, connectorGroups, publications, policies } = access
  const tables = [segments, segmentGroups, serverGroups, connectorGroups, publications, policies]
  const newest = await access.streams.list({ limit: 500 })
  const oldest = await access.streams.list({ limit: 500, before: newest.next ?? '' })
  assert.deepEqual([newest.items.length, oldest.items.length], [500, 200])
  return {
    documents: await Promise.all(tables.map(table => table.all())),
    keys: await access.keys.all(),
    members: await access.members.valid(5),
    people: [await access.people.all(), await access.people.secrets('alice')],
    authority: [await access.authority.all(), await access.authority.secrets('authority')],
    streams: [newest, oldest],
  }
}

/** What backups promise; `other` is the other kind of database, where there is one. */
export function backupsContract(place: Place, other: Place | undefined): void {
  describe('a backup', () => {
    async function made(change: { withKey?: boolean } = {}) {
      const options = await place.fresh()
      const store = await openStore(options)
      await fillStore(store)
      const contents = await contentsOf(store)
      const file = join(options.folder, 'b.backup')
      // Beside the running node.
      const { rows } = await backupStore(options, file, { withKey: change.withKey ?? true })
      await store[Symbol.asyncDispose]()
      return { options, file, contents, rows }
    }

    it('holds every table that there is, except those that mean nothing elsewhere', async () => {
      const options = await place.fresh()
      await (await openStore(options))[Symbol.asyncDispose]()
      await using raw = openRaw(options)
      const { rows } = await (raw.dialect.kind === 'sqlite'
        ? sql<{
            name: string
          }>`select name from pragma_table_list where type = 'table' and name not like 'sqlite_%'`
        : sql<{ name: string }>`select table_name::text as name from information_schema.tables
            where table_schema = current_schema()`
      ).execute(raw.queries)
      assert.deepEqual(rows.map(({ name }) => name).sort(), [...KEPT_TABLES, ...PASSING_TABLES].sort())
    })

    it('is one file for its owner alone, made beside a running node, and says what is in it', async () => {
      const { file, rows, options } = await made()
      assert.equal(statSync(file).mode & 0o777, 0o600)
      const contents = await inspectBackup(file)
      assert.equal(contents.hasKey, true)
      assert.deepEqual(contents.files, ['secret.key'])
      assert.equal(contents.from, options.database === undefined ? 'sqlite' : 'postgres')
      assert.equal(contents.tables.find(({ name }) => name === 'transfers')?.rows, 1_200)
      assert.equal(
        contents.tables.reduce((sum, table) => sum + table.rows, 0),
        rows,
      )
      assert.deepEqual(
        readdirSync(options.folder).filter(name => name.startsWith('.')),
        [],
      )
    })

    const targets: readonly [string, Place | undefined][] = [
      ['the same kind of database', place],
      ['the other kind of database', other],
    ]
    for (const [what, target] of targets) {
      it(`restores everything into ${what}, and the store goes on from there`, {
        skip: target === undefined,
      }, async () => {
        const { file, contents, rows } = await made()
        const options = await (target ?? place).fresh()
        const restored = await restoreStore(file, options)
        assert.equal(restored.rows, rows)
        assert.equal(restored.keyFits, true)
        assert.deepEqual(restored.files, [join(options.folder, 'secret.key')])
        assert.deepEqual(restored.putAside, [])
        await using store = await openStore(options)
        assert.deepEqual(await contentsOf(store), contents)
        await store.settings.save({ base: 1, document: 2, ...BY })
        const again = await store.initiated.runs.enqueue([newRun({ occurrence: 'p' }), newRun()], 1_000)
        assert.equal(again.length, 1, 'an occurrence is known after a restore, too')
        assert.equal(
          await store.access.people.takeTotpStep('alice', 7),
          false,
          'nor is a time step taken twice',
        )
        await store.access.streams.save([newStream('c7', { status: 'close', code: 'x', endedAt: 5 })])
        assert.equal((await store.access.streams.get('c7'))?.code, 'x')
        await store.transfers.append([
          transfer({ at: 1_800_000_000_000, verdict: 'a new one', path: '/new' }),
        ])
        const { items } = await store.transfers.list({ limit: 2, verdict: 'a new one' })
        assert.deepEqual(
          items.map(({ path }) => path),
          ['/new'],
        )
        assert.equal((await store.transfers.list({ limit: 500, verdict: 'complete' })).items.length, 500)
      })
    }

    it('holds other files, too, and puts them into the folder', async () => {
      const { options } = await made()
      const settings = join(options.folder, 'my-settings')
      writeFileSync(settings, 'listeners: []\n')
      const file = join(options.folder, 'with-files')
      await backupStore(options, file, { withKey: false, extra: [{ name: 'portolan.yaml', path: settings }] })
      const target = await place.fresh()
      const { files, keyFits } = await restoreStore(file, target)
      assert.deepEqual(files, [join(target.folder, 'portolan.yaml')])
      assert.equal(readFileSync(join(target.folder, 'portolan.yaml'), 'utf8'), 'listeners: []\n')
      assert.equal(keyFits, false)
    })

    it('without the key needs the key file of then', async () => {
      const { file, options, contents } = await made({ withKey: false })
      assert.equal((await inspectBackup(file)).hasKey, false)
      const target = await place.fresh()
      assert.equal((await restoreStore(file, target)).keyFits, false)
      await assert.rejects(openStore(target), { code: 'STORE_KEY' })
      const withKey = { ...target, keyFile: join(options.folder, 'secret.key') }
      await using store = await openStore(withKey)
      assert.deepEqual(await contentsOf(store), contents)
    })

    it('never takes the place of a file', async () => {
      const { file, options } = await made()
      const before = readFileSync(file)
      await assert.rejects(backupStore(options, file, { withKey: true }), { code: 'STORE_EXISTS' })
      assert.deepEqual(readFileSync(file), before)
      await assert.rejects(backupStore(options, join(options.folder, 'no', 'where'), { withKey: true }), {
        code: 'STORE_FOLDER',
      })
    })

    it('is not made with a key file that is not the right one', async () => {
      const { options } = await made()
      rmSync(join(options.folder, 'secret.key'))
      const file = join(options.folder, 'another')
      await assert.rejects(backupStore(options, file, { withKey: true }), { code: 'STORE_KEY' })
      assert.equal(existsSync(file), false)
    })

    it('is not restored over what is there, unless forced, and then that is put aside', async () => {
      const { file, contents } = await made()
      const target = await place.fresh()
      const old = await openStore(target)
      await old.groups.create('old', {}, BY)
      await assert.rejects(restoreStore(file, { ...target, force: true }), { code: 'STORE_LOCKED' })
      await old[Symbol.asyncDispose]()
      const key = readFileSync(join(target.folder, 'secret.key'))
      await assert.rejects(restoreStore(file, target), { code: 'STORE_EXISTS', message: /--force/ })
      rmSync(join(target.folder, 'secret.key'))
      await assert.rejects(restoreStore(file, target), { code: 'STORE_EXISTS', message: /--force/ })
      writeFileSync(join(target.folder, 'secret.key'), key)
      await using unchanged = await openStore(target)
      assert.equal((await unchanged.groups.all())[0]?.name, 'old')
      await unchanged[Symbol.asyncDispose]()

      const { putAside } = await restoreStore(file, { ...target, force: true })
      assert.equal(putAside.length, 2)
      await using store = await openStore(target)
      assert.deepEqual(await contentsOf(store), contents)
      for (const path of putAside) assert.ok(existsSync(path), path)
      assert.ok(putAside.some(path => path.endsWith('secret.key.before-restore')))
    })

    it('of a newer release is refused, of an older one brought up to date', async () => {
      const next: Migrations = [
        ...MIGRATIONS,
        {
          name: 'a colour for groups',
          async up(queries, dialect) {
            await sql`alter table groups add column colour ${sql.raw(dialect.text)} not null default 'blue'`.execute(
              queries,
            )
          },
        },
      ]
      const { file } = await made()
      const target = await place.fresh()
      await restoreStoreAt(file, target, next)
      await assert.rejects(openStore(target), { code: 'STORE_NEWER' })
      await using store = await openStoreAt(target, next)
      assert.equal((await store.groups.all()).length, 1)
      await assert.rejects(restoreStoreAt(file, await place.fresh(), []), { code: 'STORE_NEWER' })
    })

    const spoilt: readonly [string, (file: string, size: number) => void][] = [
      ['cut off', (file, size) => truncateSync(file, size - 1)],
      ['cut off in the middle', (file, size) => truncateSync(file, size >> 1)],
      ['cut off after its beginning', file => truncateSync(file, 20)],
      ['empty', file => truncateSync(file, 0)],
      ['changed by one bit', (file, size) => flip(file, size >> 1)],
      ['changed in its digest', (file, size) => flip(file, size - 3)],
      ['of another program', file => writeFileSync(file, 'PGDMP'.repeat(100))],
      ['with something behind it', file => writeFileSync(file, 'x', { flag: 'a' })],
    ]
    it('that is damaged is refused, and nothing is restored of it', async t => {
      const { file } = await made()
      const good = readFileSync(file)
      for (const [what, spoil] of spoilt) {
        await t.test(what, async () => {
          writeFileSync(file, good)
          spoil(file, good.length)
          const target = await place.fresh()
          await assert.rejects(inspectBackup(file), { code: 'STORE_CORRUPT' })
          await assert.rejects(restoreStore(file, target), { code: 'STORE_CORRUPT' })
          assert.equal(existsSync(target.folder), false)
        })
      }
      await assert.rejects(inspectBackup(join(file, 'nowhere')), { code: 'STORE_MISSING' })
    })

    it('of a database that is not there is not made', async () => {
      const options: StoreOptions = await place.fresh()
      mkdirSync(options.folder)
      await assert.rejects(backupStore(options, join(options.folder, 'b'), { withKey: true }), {
        code: 'STORE_MISSING',
      })
      assert.deepEqual(readdirSync(options.folder), [])
    })
  })
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
}
