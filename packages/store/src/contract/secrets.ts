import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { sql } from 'kysely'
import type { Database } from '../database.ts'
import { openStore, type StoreOptions } from '../open.ts'
import { openPostgres } from '../postgres/open.ts'
import { KEY_FILE, readKeyFile, writeKeyFile } from '../secrets/key-file.ts'
import { type RotationStep, rotate } from '../secrets/rotate.ts'
import { newKey } from '../secrets/seal.ts'
import { openSqlite, SQLITE_FILE } from '../sqlite/open.ts'
import type { Place } from './place.ts'

/** Opens the database itself, as somebody does who goes past the store. */
export const openRaw = (options: StoreOptions): Database =>
  options.database === undefined
    ? openSqlite(join(options.folder, SQLITE_FILE))
    : openPostgres(options.database)

/** Makes a database with a secret in every column that is sealed. */
async function withSecrets(place: Place): Promise<StoreOptions & { keyFile: string }> {
  const options = await place.fresh()
  await using store = await openStore(options)
  await store.administrators.create({ name: 'root', role: 'administrator', password: 'p' })
  await store.administrators.change('root', { totpSecret: 'SECRET OF ROOT' })
  await store.certificates.put({ name: 'c', chain: 'chain', key: 'SECRET OF C', by: 'root' })
  await store.certificates.put({ name: 'd', chain: 'chain', key: 'SECRET OF D', by: 'root' })
  for (const table of ['zones', 'sites'] as const) {
    await store.initiated[table].create('x', {}, { by: 'root' })
    await store.initiated[table].setSecrets('x', { password: `SECRET OF ${table}` }, { by: 'root' })
  }
  for (const table of ['people', 'authority'] as const) {
    await store.access[table].create('x', {}, { by: 'root' })
    await store.access[table].setSecrets('x', { key: `SECRET OF ${table}` }, { by: 'root' })
  }
  return { ...options, keyFile: join(options.folder, KEY_FILE) }
}

async function readSecrets(options: StoreOptions): Promise<readonly (string | undefined)[]> {
  await using store = await openStore(options)
  return [
    (await store.administrators.get('root'))?.totpSecret,
    (await store.certificates.get('c'))?.key,
    (await store.certificates.get('d'))?.key,
    (await store.initiated.zones.secrets('x'))?.password,
    (await store.initiated.sites.secrets('x'))?.password,
    (await store.access.people.secrets('x'))?.key,
    (await store.access.authority.secrets('x'))?.key,
  ]
}

const SECRETS = [
  'SECRET OF ROOT',
  'SECRET OF C',
  'SECRET OF D',
  'SECRET OF zones',
  'SECRET OF sites',
  'SECRET OF people',
  'SECRET OF authority',
]

/** What secrets at rest are promised. */
export function secretsContract(place: Place): void {
  describe('secrets', () => {
    it('are unreadable in the database, and open again at the next start', async () => {
      const options = await withSecrets(place)
      await using raw = openRaw(options)
      const { rows } = await sql<{ secret: string }>`
        select totp_secret as secret from administrators union all select ${sql.ref('key')} from certificates
        union all select secrets from zones union all select secrets from sites
        union all select secrets from access_people union all select secrets from access_authority`.execute(
        raw.queries,
      )
      assert.equal(rows.length, SECRETS.length)
      for (const { secret } of rows) assert.match(secret, /^v1\.[0-9a-f]{12}\.[\w-]+$/)
      assert.deepEqual(await readSecrets(options), SECRETS)
    })

    it('that were swapped do not open', async () => {
      const options = await withSecrets(place)
      const raw = openRaw(options)
      await sql`update certificates set ${sql.ref('key')} =
        (select other.key from certificates as other where other.name = 'd') where name = 'c'`.execute(
        raw.queries,
      )
      await raw[Symbol.asyncDispose]()
      await using store = await openStore(options)
      await assert.rejects(store.certificates.get('c'), {
        code: 'STORE_KEY',
        message: /certificates "c" was changed/,
      })
      assert.equal((await store.certificates.get('d'))?.key, 'SECRET OF D')
    })

    const wrong: readonly [string, (file: string) => void, RegExp][] = [
      ['missing', file => rmSync(file), /is missing.*Put it back.*--key-file/],
      [
        'another',
        file => writeKeyFile(file, [newKey()], 'replace'),
        /is not the one.*Put back the right one/,
      ],
      ['damaged', file => writeFileSync(file, 'x'), /is damaged; put back/],
    ]
    for (const [what, spoil, message] of wrong) {
      it(`a key file that is ${what} stops the start with the remedy, and nothing is changed`, async () => {
        const options = await withSecrets(place)
        const right = readFileSync(options.keyFile)
        spoil(options.keyFile)
        await assert.rejects(openStore(options), { code: 'STORE_KEY', message })
        await assert.rejects(openStore(options), { code: 'STORE_KEY', message })
        writeFileSync(options.keyFile, right)
        assert.deepEqual(await readSecrets(options), SECRETS)
      })
    }

    it('are sealed with another key by a rotation, also beside a running node, which then uses it', async () => {
      const options = await withSecrets(place)
      await using node = await openStore(options)
      const before = readKeyFile(options.keyFile)
      const raw = openRaw(options)
      assert.equal(await rotate(raw, options.keyFile), SECRETS.length)
      await raw[Symbol.asyncDispose]()
      const after = readKeyFile(options.keyFile)
      assert.equal(after?.length, 1)
      assert.notEqual(after[0]?.id, before?.[0]?.id)
      assert.equal((await node.certificates.get('c'))?.key, 'SECRET OF C')
      await node.certificates.put({ name: 'e', chain: '', key: 'SECRET OF E', by: 'root' })
      await using other = await place.beside(options)
      assert.equal((await other.certificates.get('e'))?.key, 'SECRET OF E')
    })

    const steps: readonly RotationStep[] = [
      'new key in the file',
      'secrets sealed anew',
      'old key out of the file',
    ]
    for (const step of steps) {
      it(`survive a rotation that ends after "${step}", and the next one tidies up`, async () => {
        const options = await withSecrets(place)
        const raw = openRaw(options)
        const crash = (done: RotationStep) => {
          if (done === step) throw new Error('power cut')
        }
        await assert.rejects(rotate(raw, options.keyFile, crash), /power cut/)
        assert.deepEqual(await readSecrets(options), SECRETS)
        assert.equal(await rotate(raw, options.keyFile), SECRETS.length)
        await raw[Symbol.asyncDispose]()
        assert.equal(readKeyFile(options.keyFile)?.length, 1)
        assert.deepEqual(await readSecrets(options), SECRETS)
      })
    }

    it('a rotation with a key file of another database changes nothing', async () => {
      const options = await withSecrets(place)
      const right = readFileSync(options.keyFile)
      writeKeyFile(options.keyFile, [newKey()], 'replace')
      const raw = openRaw(options)
      await assert.rejects(rotate(raw, options.keyFile), { code: 'STORE_KEY' })
      await raw[Symbol.asyncDispose]()
      writeFileSync(options.keyFile, right)
      assert.deepEqual(await readSecrets(options), SECRETS)
    })

    it('of two nodes that start at once for the first time are sealed with one key', async () => {
      const options = await place.fresh()
      if (options.database === undefined) return
      const [one, two] = await Promise.all([openStore(options), openStore(options)])
      await one.certificates.put({ name: 'c', chain: '', key: 'SECRET OF C', by: 'root' })
      assert.equal((await two.certificates.get('c'))?.key, 'SECRET OF C')
      await one[Symbol.asyncDispose]()
      await two[Symbol.asyncDispose]()
    })
  })
}
