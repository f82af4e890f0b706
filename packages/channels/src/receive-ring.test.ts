import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BufferPool, LARGE_BUFFER, SMALL_BUFFER } from './buffer-pool.ts'
import { ReceiveRing } from './receive-ring.ts'

/** Fills memory with the bytes of the stream from this place on: any mix-up shows. */
function fill(memory: Uint8Array, from: number): void {
  for (let i = 0; i < memory.length; i++) memory[i] = ((from + i) * 31) & 255
}

function check(chunk: Uint8Array, from: number): void {
  for (let i = 0; i < chunk.length; i += 97)
    assert.equal(chunk[i], ((from + i) * 31) & 255, `byte ${from + i}`)
}

test('bytes read in place reach the sink in order, whatever the pace of both', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('read' as const), bytes: fc.integer({ min: 1, max: SMALL_BUFFER }) }),
    fc.record({ do: fc.constant('take' as const), bytes: fc.constant(0) }),
    fc.record({ do: fc.constant('written' as const), bytes: fc.constant(0) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), steps => {
      const ring = new ReceiveRing(new BufferPool())
      let read = 0
      let taken = 0
      let writing: { chunk: Buffer; from: number } | undefined
      // As Node does it: the place of a read is settled when the one before it is over, and stays until then.
      let registered = ring.room
      const take = (partial: boolean) => {
        if (writing) return
        const chunk = ring.takeOldest(partial)
        if (!chunk) return
        writing = { chunk, from: taken }
        taken += chunk.length
      }
      for (const one of steps) {
        if (one.do === 'read' && ring.hasRoom) {
          const memory = registered.subarray(0, one.bytes)
          assert.ok(memory.length > 0)
          fill(memory, read)
          ring.commit(memory.length)
          read += memory.length
          if (one.bytes % 2) take(true)
          registered = ring.room
        } else if (one.do === 'take') {
          take(false)
        } else if (one.do === 'written' && writing) {
          check(writing.chunk, writing.from)
          writing = undefined
          ring.written()
        }
        assert.equal(ring.waiting, read - taken)
      }
      for (;;) {
        if (writing) {
          check(writing.chunk, writing.from)
          writing = undefined
          ring.written()
        }
        take(true)
        if (!writing) break
      }
      assert.equal(taken, read)
      assert.equal(ring.hasRoom, true)
    }),
    { numRuns: 60 },
  )
})

test('copied pieces of any size arrive in order, and what has no room is handed back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 * SMALL_BUFFER }), { maxLength: 8 }), sizes => {
      const ring = new ReceiveRing(new BufferPool())
      let copied = 0
      let taken = 0
      const drain = () => {
        for (let chunk = ring.takeOldest(true); chunk; chunk = ring.takeOldest(true)) {
          check(chunk, taken)
          taken += chunk.length
          ring.written()
        }
      }
      for (const size of sizes) {
        const piece = new Uint8Array(size)
        fill(piece, copied)
        copied += size
        for (let rest = ring.copy(piece); rest.length > 0; rest = ring.copy(rest)) {
          assert.equal(ring.hasRoom, false)
          drain()
        }
      }
      drain()
      assert.equal(taken, copied)
    }),
    { numRuns: 60 },
  )
})

test('two buffers hold what the sink has not taken, and no more', () => {
  const ring = new ReceiveRing(new BufferPool())
  let bytes = 0
  while (ring.hasRoom) {
    bytes += ring.room.length
    ring.commit(ring.room.length)
  }
  assert.equal(bytes, 2 * SMALL_BUFFER)
})

test('a long stream gets larger buffers, also when reading waits for the sink all the time', () => {
  for (const hurry of [false, true]) {
    const pool = new BufferPool()
    const ring = new ReceiveRing(pool)
    let largest = 0
    for (let moved = 0; moved < 64 * 1024 * 1024; ) {
      const { room } = ring
      ring.commit(room.length)
      moved += room.length
      if (hurry && ring.hasRoom) continue
      largest = ring.takeOldest(true)?.length ?? 0
      ring.written()
    }
    assert.equal(largest, LARGE_BUFFER)
    ring.release(true)
    assert.ok(pool.kept >= 2 * LARGE_BUFFER)
  }
})

test('a small file needs one small buffer', () => {
  const pool = new BufferPool()
  const ring = new ReceiveRing(pool)
  ring.copy(Buffer.from('small'))
  ring.takeOldest(true)
  ring.written()
  ring.release(true)
  assert.ok(pool.kept <= 2 * SMALL_BUFFER)
})
