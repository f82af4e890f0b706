import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { chmod, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { testAuthority } from '../transport/testing-identities.ts'
import { readIdentity, writeIdentity } from './identity-file.ts'
import type { Identity } from './types.ts'

const root = mkdtempSync(join(tmpdir(), 'portolan-identity-'))
after(() => rm(root, { recursive: true, force: true }))

let identity: Identity
let other: Identity
before(async () => {
  const authority = await testAuthority()
  identity = await authority.identity({ kind: 'connector' })
  other = await authority.identity({ kind: 'connector', id: 'another' })
})

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('an identity on disk', () => {
  it('is there whole, for its owner alone', async () => {
    const folder = join(root, 'a', 'b')
    await writeIdentity(folder, identity)
    assert.deepEqual(await readIdentity(folder), identity)
    assert.equal(await modeOf(folder), 0o700)
    assert.deepEqual(await readdir(folder), ['identity.json'])
    assert.equal(await modeOf(join(folder, 'identity.json')), 0o600)
  })

  it('closes a folder that others could read', async () => {
    const folder = mkdtempSync(join(root, 'open-'))
    await chmod(folder, 0o755)
    await writeIdentity(folder, identity)
    assert.equal(await modeOf(folder), 0o700)
  })

  it('takes the place of the one before', async () => {
    const folder = join(root, 'twice')
    await writeIdentity(folder, identity)
    await writeIdentity(folder, other)
    assert.equal((await readIdentity(folder))?.id, 'another')
    assert.deepEqual(await readdir(folder), ['identity.json'])
  })

  it('is none where nothing is', async () => {
    assert.equal(await readIdentity(join(root, 'nothing')), undefined)
  })

  const broken: readonly [what: string, text: () => string, message: RegExp][] = [
    [
      'cut off',
      () => JSON.stringify(identity).slice(0, 300),
      /damaged \(no JSON\): remove the folder and start it again/,
    ],
    ['without a key', () => JSON.stringify({ ...identity, key: undefined }), /damaged \(no key\)/],
    [
      'with the key of another',
      () => JSON.stringify({ ...identity, key: other.key }),
      /key is of another one/,
    ],
    [
      'with the name of another',
      () => JSON.stringify({ ...identity, id: 'x' }),
      /certificate is of another one/,
    ],
    [
      'of another kind than its certificate',
      () => JSON.stringify({ ...identity, kind: 'edge' }),
      /certificate is of another one/,
    ],
    ['with a certificate that is none', () => JSON.stringify({ ...identity, certificate: 'x' }), /damaged/],
  ]
  for (const [what, text, message] of broken)
    it(`is refused, with what to do, when it is ${what}`, async () => {
      const folder = mkdtempSync(join(root, 'broken-'))
      await writeFile(join(folder, 'identity.json'), text())
      await assert.rejects(readIdentity(folder), { code: 'GATEWAY_IDENTITY', message })
    })

  it('says so when it cannot be read', async () => {
    const folder = mkdtempSync(join(root, 'unreadable-'))
    const file = join(folder, 'identity.json', 'in-the-way')
    await writeIdentity(file, identity)
    await assert.rejects(readIdentity(folder), {
      code: 'GATEWAY_IDENTITY',
      message: /cannot be read \(EISDIR\)/,
    })
  })

  it('says so when it cannot be written', async () => {
    const file = join(root, 'a-file')
    await writeFile(file, '')
    await assert.rejects(writeIdentity(join(file, 'x'), identity), {
      code: 'GATEWAY_IDENTITY',
      message: /cannot be written \(ENOTDIR\)/,
    })
  })
})
