import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { openStore, type Store } from '@portolan/store'
import { createAuthority } from '../pki/authority.ts'
import { authorityOf } from './authority-of.ts'

const BY = { by: 'test' }

describe('the authority of a store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portolan-authority-'))
  let store: Store
  before(async () => {
    store = await openStore({ folder })
  })
  after(async () => {
    await store[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('is made once, also when many ask for it at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => authorityOf(store)))
    assert.equal(new Set(all.map(({ fingerprint }) => fingerprint)).size, 1)
    assert.equal((await authorityOf(store)).fingerprint, all[0]?.fingerprint)
  })

  it('has its certificate in the document and its key among the secrets', async () => {
    const { certificate, key } = await authorityOf(store)
    assert.deepEqual((await store.access.authority.get('authority'))?.document, { certificate })
    assert.deepEqual(await store.access.authority.secrets('authority'), { key })
  })

  it('is not used when its key is of another one', async () => {
    const { key } = await createAuthority(Date.now())
    await store.access.authority.setSecrets('authority', { key }, BY)
    await assert.rejects(authorityOf(store), { code: 'GATEWAY_IDENTITY', message: /key is of another one/ })
  })

  it('whose maker was stopped before its key was kept is made anew', async () => {
    await store.access.authority.remove('authority')
    const { certificate, fingerprint } = await createAuthority(Date.now())
    await store.access.authority.create('authority', { certificate }, BY)
    const made = await authorityOf(store)
    assert.notEqual(made.fingerprint, fingerprint)
    assert.equal((await authorityOf(store)).fingerprint, made.fingerprint)
  })
})
