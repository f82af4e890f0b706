import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Blocks, Budget } from './memory/blocks.ts'
import { createMemoryStorage } from './memory.ts'
import { begin, breakOff, fails, get, names, put } from './testing.ts'

const BLOCK = 64 * 1024

test('a storage in memory is bound, and gives back what is removed, replaced, dropped or overdue', async () => {
  let now = 0
  const storage = createMemoryStorage({ capacity: 4 * BLOCK, keepBrokenMs: 1_000, now: () => now })
  const free = async () => (await storage.space('/')).freeBytes / BLOCK
  await put(storage, '/f', 'x')
  assert.equal(await free(), 3)
  await put(storage, '/f', 'y')
  assert.equal(await free(), 3)
  await storage.copy('/f', '/g', { signal: new AbortController().signal })
  await storage.rename('/g', '/f')
  assert.equal(await free(), 3)
  const upload = await begin(storage, '/h', 'x'.repeat(3 * BLOCK))
  await fails(upload.write(Buffer.alloc(1)), 'STORAGE_FULL')
  await upload.abandon({ keep: false })
  assert.equal(await free(), 3)
  await breakOff(storage, '/h', 'x')
  await breakOff(storage, '/h', 'x')
  assert.equal(await free(), 2)
  now += 1_000
  await put(storage, '/i', '')
  assert.equal(await free(), 3)
  await storage.removeFile('/f')
  assert.equal(await free(), 4)
})

test('a broken upload in memory is forgotten when its time is over', async () => {
  let now = 0
  const storage = createMemoryStorage({ keepBrokenMs: 1_000, now: () => now })
  await breakOff(storage, '/f', 'x')
  now += 999
  assert.equal((await storage.stat('/f', { owner: 'ann' })).size, 1)
  now += 1
  await fails(storage.stat('/f', { owner: 'ann' }), 'STORAGE_NOT_FOUND')
})

test('where no broken upload is kept none is', async () => {
  const storage = createMemoryStorage({ keepBrokenMs: 0 })
  await breakOff(storage, '/f', 'x')
  await fails(storage.stat('/f', { owner: 'ann' }), 'STORAGE_NOT_FOUND')
})

test('a link that is moved out of its depth leads outside', async () => {
  const storage = createMemoryStorage()
  await storage.makeFolder('/d')
  await put(storage, '/f', 'x')
  await storage.makeLink('/d/l', '../f')
  await storage.rename('/d/l', '/l')
  await fails(storage.read('/l', 0), 'STORAGE_OUTSIDE')
  await fails(put(storage, '/l', 'x'), 'STORAGE_OUTSIDE')
  assert.deepEqual(await names(storage, '/'), ['d', 'f', 'l'])
})

test('a broken upload goes with its folder', async () => {
  const storage = createMemoryStorage()
  await storage.makeFolder('/d')
  const upload = await begin(storage, '/d/f', 'x')
  await upload.abandon({ keep: true })
  await storage.removeFolder('/d')
  await storage.makeFolder('/d')
  await fails(storage.stat('/d/f', { owner: 'ann' }), 'STORAGE_NOT_FOUND')
})

test('the clock of the storage dates files and folders', async () => {
  let now = 5
  const storage = createMemoryStorage({ now: () => now })
  now = 7
  await put(storage, '/f', 'x')
  assert.equal((await storage.stat('/f')).modified, 7)
  assert.equal((await storage.stat('/')).modified, 7)
  assert.equal(await get(storage, '/f'), 'x')
})

test('blocks are one long array of bytes, however it is written, cut, copied and read', () => {
  const piece = fc.oneof(fc.nat(10), fc.constantFrom(BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK))
  const step = fc.record({ append: piece, cutTo: fc.option(fc.double({ min: 0, max: 1, noNaN: true })) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 6 }), piece, piece, (steps, from, length) => {
      const budget = new Budget(2 ** 30)
      const blocks = new Blocks(budget)
      let wanted = Buffer.alloc(0)
      for (const [i, { append, cutTo }] of steps.entries()) {
        const chunk = Buffer.alloc(append, `${i}abc`)
        blocks.append(chunk)
        wanted = Buffer.concat([wanted, chunk])
        if (cutTo === null) continue
        wanted = wanted.subarray(0, Math.floor(cutTo * wanted.length))
        blocks.truncate(wanted.length)
      }
      assert.equal(blocks.size, wanted.length)
      const into = Buffer.alloc(length)
      const read = blocks.read(from, into)
      assert.ok(into.subarray(0, read).equals(wanted.subarray(from, from + length)))
      const copied = blocks.copy(Math.floor(wanted.length / 2))
      const half = Buffer.alloc(copied.size)
      copied.read(0, half)
      assert.ok(half.equals(wanted.subarray(0, Math.floor(wanted.length / 2))))
      copied.free()
      blocks.free()
      assert.equal(budget.free, budget.capacity)
    }),
    { numRuns: 50 },
  )
})
