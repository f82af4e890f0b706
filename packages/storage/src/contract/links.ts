import assert from 'node:assert/strict'
import { entries, fails, get, names, put } from '../testing.ts'
import type { Check } from './check.ts'

/** Symbolic links: followed inside, never out. */
export const LINKS: Readonly<Record<string, Check>> = {
  async 'a link is followed wherever it leads inside, and stays a link itself'(storage, at) {
    await storage.makeFolder(at('d'))
    await put(storage, at('d/f'), 'target')
    await storage.makeLink(at('d/up'), '../d/f')
    await storage.makeLink(at('folder'), 'd')
    await storage.makeLink(at('rooted'), at('d/f'))
    for (const path of ['d/up', 'folder/f', 'rooted', 'folder/up']) {
      assert.equal(await get(storage, at(path)), 'target')
      assert.equal((await storage.stat(at(path))).kind, 'file')
    }
    assert.deepEqual(await names(storage, at('folder')), ['f', 'up'])
    await put(storage, at('rooted'), 'through')
    assert.equal(await get(storage, at('d/f')), 'through')
    assert.equal((await storage.stat(at('rooted'), { follow: false })).kind, 'link')
    await put(storage, at('folder/g'), 'new')
    assert.equal(await get(storage, at('d/g')), 'new')
    await storage.rename(at('rooted'), at('moved'))
    assert.equal((await storage.stat(at('moved'), { follow: false })).kind, 'link')
    await storage.removeFile(at('moved'))
    await storage.removeFile(at('folder'))
    assert.equal(await get(storage, at('d/f')), 'through')
  },

  async 'a link to nothing is shown and leads to nothing'(storage, at) {
    await storage.makeLink(at('l'), 'nothing')
    assert.equal((await entries(storage, at('')))[0]?.kind, 'link')
    assert.equal((await entries(storage, at(''), { followLinks: true }))[0]?.kind, 'link')
    await fails(storage.stat(at('l')), 'STORAGE_NOT_FOUND')
    await fails(storage.stat(at('l'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    await fails(put(storage, at('l'), 'x'), 'STORAGE_NOT_FOUND')
    await fails(put(storage, at('l'), 'x', { mode: 'direct' }), 'STORAGE_NOT_FOUND')
    await fails(put(storage, at('l'), 'x', { exclusive: true }), 'STORAGE_EXISTS')
    assert.deepEqual(await names(storage, at('')), ['l'])
  },

  async 'links in a circle end'(storage, at) {
    await storage.makeLink(at('a'), 'b')
    await storage.makeLink(at('b'), 'a')
    await fails(storage.stat(at('a')), 'STORAGE_FORBIDDEN')
    await fails(storage.read(at('b'), 0), 'STORAGE_FORBIDDEN')
  },

  async 'no link is made that leads outside, and one that is moved so leads nowhere'(storage, at) {
    const above = '../'.repeat(at('').split('/').length + 1)
    await fails(storage.makeLink(at('l'), `${above}etc/passwd`), 'STORAGE_OUTSIDE')
    await fails(storage.makeLink(at('l'), '/../etc'), 'STORAGE_OUTSIDE')
    await fails(storage.makeLink(at('l'), ''), 'STORAGE_BAD_NAME')
    await fails(storage.makeLink(at('l'), 'a\0b'), 'STORAGE_BAD_NAME')
    assert.deepEqual(await names(storage, at('')), [])
  },
}
