import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BufferPool } from './buffer-pool.ts'
import { Spill } from './spill.ts'

test('bytes come out in the order in which they went in, however much is taken at a time', () => {
  const step = fc.record({ put: fc.nat(5_000), take: fc.nat(10_000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), steps => {
      const spill = new Spill(new BufferPool())
      let next = 0
      const put: number[] = []
      const taken: number[] = []
      for (const one of steps) {
        const bytes = Uint8Array.from({ length: one.put }, () => next++ & 255)
        put.push(...bytes)
        spill.put(bytes)
        spill.drain(held => {
          taken.push(...held.subarray(0, one.take))
          return held.subarray(one.take)
        })
        assert.equal(spill.empty, taken.length === put.length)
      }
      spill.drain(held => {
        taken.push(...held)
        return held.subarray(held.length)
      })
      assert.deepEqual(taken, put)
      assert.equal(spill.empty, true)
    }),
    { numRuns: 30 },
  )
})

test('more than fits is a mistake of the reader, not lost bytes', () => {
  const spill = new Spill(new BufferPool())
  spill.put(new Uint8Array(256 * 1024))
  assert.throws(() => spill.put(new Uint8Array(1)), RangeError)
})

test('memory is taken only when it is needed, and given back', () => {
  const pool = new BufferPool()
  const idle = new Spill(pool)
  idle.release(true)
  assert.equal(pool.kept, 0)
  const spill = new Spill(pool)
  spill.put(new Uint8Array(1))
  spill.release(true)
  assert.equal(pool.kept, 256 * 1024)
})
