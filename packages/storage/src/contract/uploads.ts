import assert from 'node:assert/strict'
import { begin, fails, get, names, put } from '../testing.ts'
import type { Check } from './check.ts'

const NEVER = { signal: new AbortController().signal }

/** How files come, are read and are replaced. */
export const UPLOADS: Readonly<Record<string, Check>> = {
  async 'a published upload is read back from any offset'(storage, at) {
    const entry = await put(storage, at('f'), 'hello world')
    assert.equal(entry.name, 'f')
    assert.equal(entry.size, 11)
    assert.equal(entry.kind, 'file')
    assert.equal(await get(storage, at('f')), 'hello world')
    assert.equal(await get(storage, at('f'), 6), 'world')
    assert.equal(await get(storage, at('f'), 11), '')
    assert.equal(await get(storage, at('f'), 99), '')
  },

  async 'the entry of an open file is that of stat'(storage, at) {
    await put(storage, at('f'), 'abc')
    await using file = await storage.read(at('f'), 0)
    assert.deepEqual(file.entry, await storage.stat(at('f')))
  },

  async 'an empty upload makes an empty file'(storage, at) {
    await put(storage, at('f'), '')
    assert.equal((await storage.stat(at('f'))).size, 0)
    assert.equal(await get(storage, at('f')), '')
  },

  async 'the name shows nothing before publish and the old bytes while a new upload runs'(storage, at) {
    const first = await begin(storage, at('f'), 'first')
    await fails(storage.stat(at('f')), 'STORAGE_NOT_FOUND')
    assert.deepEqual(await names(storage, at('')), [])
    await first.publish()
    const second = await begin(storage, at('f'), 'second')
    assert.equal(await get(storage, at('f')), 'first')
    await second.publish()
    assert.equal(await get(storage, at('f')), 'second')
    assert.deepEqual(await names(storage, at('')), ['f'])
  },

  async 'a reader goes on with the file that it opened when another takes the name'(storage, at) {
    await put(storage, at('f'), 'the old one')
    await using file = await storage.read(at('f'), 0)
    await put(storage, at('f'), 'the new one')
    const into = Buffer.alloc(20)
    assert.equal(await file.read(into), 11)
    assert.equal(into.toString('utf8', 0, 11), 'the old one')
    assert.equal(await file.read(into), 0)
  },

  async 'two writers of one file do not mix, and the last publish wins'(storage, at) {
    const one = await begin(storage, at('f'), 'one one ')
    const two = await begin(storage, at('f'), 'two ')
    await one.write(Buffer.from('one'))
    await two.write(Buffer.from('two'))
    await two.publish()
    assert.equal(await get(storage, at('f')), 'two two')
    await one.publish()
    assert.equal(await get(storage, at('f')), 'one one one')
  },

  async 'an exclusive upload refuses a name that is taken, at its start and at its end'(storage, at) {
    await put(storage, at('f'), 'mine')
    await fails(storage.write(at('f'), { owner: 'bob', mode: 'atomic', exclusive: true }), 'STORAGE_EXISTS')
    const late = await begin(storage, at('g'), 'late', { exclusive: true })
    await put(storage, at('g'), 'early')
    await fails(late.publish(), 'STORAGE_EXISTS')
    await late.abandon({ keep: false })
    assert.equal(await get(storage, at('g')), 'early')
    await put(storage, at('h'), 'alone', { exclusive: true })
    assert.equal(await get(storage, at('h')), 'alone')
    assert.deepEqual(await names(storage, at('')), ['f', 'g', 'h'])
  },

  async 'an upload ends once'(storage, at) {
    const upload = await begin(storage, at('f'), 'x')
    await upload.publish()
    await fails(upload.publish(), 'STORAGE_FAILED')
    await fails(upload.write(Buffer.from('y')), 'STORAGE_FAILED')
    await upload.abandon({ keep: true })
    await upload[Symbol.asyncDispose]()
    assert.equal(await get(storage, at('f')), 'x')
  },

  async 'a direct upload shows its bytes at once and keeps them when it breaks'(storage, at) {
    const upload = await begin(storage, at('f'), 'hello', { mode: 'direct' })
    assert.equal(await get(storage, at('f')), 'hello')
    await upload.abandon({ keep: false })
    assert.equal(await get(storage, at('f')), 'hello')
    await put(storage, at('f'), ' there', { mode: 'direct', offset: 'end' })
    await put(storage, at('f'), 'm', { mode: 'direct', offset: 4 })
    assert.equal(await get(storage, at('f')), 'hellm')
    await put(storage, at('f'), 'x', { mode: 'direct' })
    assert.equal(await get(storage, at('f')), 'x')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'direct', offset: 2 }), 'STORAGE_BAD_OFFSET')
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'direct', exclusive: true }), 'STORAGE_EXISTS')
  },

  async 'a replaced file leaves its permissions to the new one'(storage, at) {
    await put(storage, at('f'), 'x')
    await storage.setMode(at('f'), 0o600)
    const entry = await put(storage, at('f'), 'y')
    assert.equal(entry.mode, 0o600)
    assert.equal((await put(storage, at('f'), 'z', { offset: 'end' })).mode, 0o600)
  },

  async 'a copy is another file with the same bytes'(storage, at) {
    await put(storage, at('f'), 'bytes to copy')
    await storage.copy(at('f'), at('g'), NEVER)
    assert.equal(await get(storage, at('g')), 'bytes to copy')
    await put(storage, at('f'), 'other')
    assert.equal(await get(storage, at('g')), 'bytes to copy')
    await storage.copy(at('g'), at('f'), NEVER)
    await storage.copy(at('g'), at('g'), NEVER)
    assert.equal(await get(storage, at('f')), 'bytes to copy')
    const reason = new Error('enough')
    await assert.rejects(storage.copy(at('f'), at('h'), { signal: AbortSignal.abort(reason) }), reason)
    assert.deepEqual(await names(storage, at('')), ['f', 'g'])
  },

  async 'a folder into which somebody uploads is not removed'(storage, at) {
    await storage.makeFolder(at('d'))
    const upload = await begin(storage, at('d/f'), 'x')
    await fails(storage.removeFolder(at('d')), 'STORAGE_BUSY')
    await upload.publish()
    assert.equal(await get(storage, at('d/f')), 'x')
    await storage.removeFile(at('d/f'))
    await storage.removeFolder(at('d'))
  },

  async 'bytes of many sizes arrive as they were sent'(storage, at) {
    const sizes = [1, 65_535, 65_536, 65_537, 262_144, 1_000_001]
    const sent: Buffer[] = []
    const upload = await storage.write(at('f'), { owner: 'ann', mode: 'atomic' })
    for (const [i, size] of sizes.entries()) {
      const chunk = Buffer.alloc(size, `${i}-piece `)
      sent.push(Buffer.from(chunk))
      await upload.write(chunk)
      // Its memory may be used again.
      chunk.fill(0)
    }
    await upload.publish()
    await using file = await storage.read(at('f'), 0)
    const all = Buffer.alloc(Buffer.concat(sent).length)
    let at2 = 0
    for (let bytes = 1; bytes > 0; at2 += bytes) bytes = await file.read(all.subarray(at2, at2 + 300_000))
    assert.ok(all.equals(Buffer.concat(sent)))
  },

  async 'the space that is left is told'(storage, at) {
    const { freeBytes, totalBytes } = await storage.space(at(''))
    assert.ok(freeBytes > 0 && totalBytes >= freeBytes)
    await fails(storage.write(at('f'), { owner: 'ann', mode: 'atomic', expected: 2 ** 60 }), 'STORAGE_FULL')
  },
}
