import assert from 'node:assert/strict'
import { begin, breakOff, fails, get, names, put } from '../testing.ts'
import type { Check } from './check.ts'

/** What becomes of uploads that break, and how they are continued. */
export const BROKEN_UPLOADS: Readonly<Record<string, Check>> = {
  async 'a broken upload is seen and continued by its owner alone'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    await fails(storage.stat(at('f')), 'STORAGE_NOT_FOUND')
    await fails(storage.stat(at('f'), { owner: 'bob' }), 'STORAGE_NOT_FOUND')
    assert.deepEqual(await names(storage, at('')), [])
    const kept = await storage.stat(at('f'), { owner: 'ann' })
    assert.equal(kept.size, 5)
    assert.equal(kept.name, 'f')
    assert.equal(kept.kind, 'file')
    await fails(storage.write(at('f'), { owner: 'bob', mode: 'atomic', offset: 5 }), 'STORAGE_BAD_OFFSET')
    const rest = await begin(storage, at('f'), ' world', { offset: 5 })
    assert.equal(rest.offset, 5)
    await rest.publish()
    assert.equal(await get(storage, at('f')), 'hello world')
    await fails(storage.write(at('g'), { owner: 'ann', mode: 'atomic', offset: 1 }), 'STORAGE_BAD_OFFSET')
  },

  async 'a broken upload is continued at its end, or cut to where its owner wants to go on'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    await put(storage, at('f'), ' you', { offset: 'end' })
    assert.equal(await get(storage, at('f')), 'hello you')
    await breakOff(storage, at('g'), 'hello')
    await put(storage, at('g'), 'p', { offset: 3 })
    assert.equal(await get(storage, at('g')), 'help')
  },

  async 'a broken upload is continued after its continuation broke, also without a new byte'(storage, at) {
    await breakOff(storage, at('f'), 'ab')
    await breakOff(storage, at('f'), 'cd', { offset: 2 })
    await breakOff(storage, at('f'), '', { offset: 4 })
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 4)
    await put(storage, at('f'), 'ef', { offset: 4 })
    assert.equal(await get(storage, at('f')), 'abcdef')
  },

  async 'more than is there cannot be continued, and what is there is not lost by asking'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 6 }), 'STORAGE_BAD_OFFSET')
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 5)
  },

  async 'an upload that is not to be kept leaves nothing'(storage, at) {
    const upload = await begin(storage, at('f'), 'hello')
    await upload.abandon({ keep: false })
    await fails(storage.stat(at('f'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    const empty = await begin(storage, at('g'), '')
    await empty.abandon({ keep: true })
    await fails(storage.stat(at('g'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
    await storage.makeFolder(at('d'))
    await breakOff(storage, at('d/f'), 'x')
    await storage.removeFolder(at('d'))
  },

  async 'an upload that nobody ended is kept'(storage, at) {
    {
      await using upload = await storage.write(at('f'), { owner: 'ann', mode: 'atomic' })
      await upload.write(Buffer.from('hello'))
    }
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 5)
  },

  async 'one of two sessions of an owner gets the broken upload'(storage, at) {
    await breakOff(storage, at('f'), 'hello')
    const [one, two] = await Promise.allSettled([
      storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 5 }),
      storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 5 }),
    ])
    assert.deepEqual([one?.status, two?.status].sort(), ['fulfilled', 'rejected'])
    for (const result of [one, two]) if (result?.status === 'fulfilled') await result.value.publish()
    assert.equal(await get(storage, at('f')), 'hello')
  },

  async 'a broken append or restart leaves the published file as it was'(storage, at) {
    await put(storage, at('f'), 'published')
    await breakOff(storage, at('f'), ' more', { offset: 'end' })
    assert.equal(await get(storage, at('f')), 'published')
    await breakOff(storage, at('f'), 'xyz', { offset: 3 })
    assert.equal(await get(storage, at('f')), 'published')
    assert.equal((await storage.stat(at('f'), { owner: 'ann' })).size, 9)
  },

  async 'an append adds to the published file, a restart cuts it where it goes on'(storage, at) {
    await put(storage, at('f'), 'published')
    await put(storage, at('f'), ' twice', { offset: 'end' })
    assert.equal(await get(storage, at('f')), 'published twice')
    await put(storage, at('f'), 'lic', { offset: 3 })
    assert.equal(await get(storage, at('f')), 'public')
    await put(storage, at('new'), 'appended', { offset: 'end' })
    assert.equal(await get(storage, at('new')), 'appended')
  },

  async 'a kept part of the very size is continued although a file has the name'(storage, at) {
    await put(storage, at('f'), 'the old file')
    await breakOff(storage, at('f'), 'new')
    await put(storage, at('f'), ' one', { offset: 3 })
    assert.equal(await get(storage, at('f')), 'new one')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'atomic', offset: 8 }), 'STORAGE_BAD_OFFSET')
  },

  async 'a published upload makes older broken ones of its owner forgotten'(storage, at) {
    await breakOff(storage, at('f'), 'a long broken one')
    await put(storage, at('f'), 'short')
    await storage.removeFile(at('f'))
    await fails(storage.stat(at('f'), { owner: 'ann' }), 'STORAGE_NOT_FOUND')
  },

  async 'a broken upload goes along with its folder'(storage, at) {
    await storage.makeFolder(at('d'))
    await breakOff(storage, at('d/f'), 'hello')
    await storage.rename(at('d'), at('e'))
    assert.equal((await storage.stat(at('e/f'), { owner: 'ann' })).size, 5)
  },

  async 'an upload goes along when its folder is renamed'(storage, at) {
    await storage.makeFolder(at('d'))
    const upload = await begin(storage, at('d/f'), 'hello')
    await storage.rename(at('d'), at('e'))
    await storage.makeFolder(at('d'))
    await upload.publish()
    assert.equal(await get(storage, at('e/f')), 'hello')
    assert.deepEqual(await names(storage, at('d')), [])
  },
}
