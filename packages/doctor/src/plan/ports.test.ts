import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { exclusiveNeed, sharedNeed } from './ports.ts'

const shared: readonly {
  ask: { perClient: number; sameAddress: number; workers: number }
  minimum: number
  recommended: number
}[] = [
  { ask: { perClient: 1, sameAddress: 1, workers: 1 }, minimum: 1, recommended: 2 },
  { ask: { perClient: 2, sameAddress: 1, workers: 1 }, minimum: 2, recommended: 4 },
  { ask: { perClient: 2, sameAddress: 1, workers: 4 }, minimum: 4, recommended: 16 },
  { ask: { perClient: 8, sameAddress: 1, workers: 4 }, minimum: 8, recommended: 64 },
  { ask: { perClient: 4, sameAddress: 10, workers: 4 }, minimum: 40, recommended: 320 },
]
for (const { ask, minimum, recommended } of shared) {
  const { perClient, sameAddress, workers } = ask
  test(`shared ports: ${perClient} transfers, ${sameAddress} clients at an address, ${workers} workers: ${minimum} at least, ${recommended} better`, () => {
    const need = sharedNeed(ask)
    assert.equal(need.minimum.value, minimum)
    assert.equal(need.minimum.because.code, 'shared-minimum')
    assert.equal(need.recommended.value, recommended)
    assert.equal(need.recommended.because.code, 'shared-recommended')
  })
}

const exclusive: readonly {
  ask: { clients: number; perClient: number; transferSeconds: number }
  minimum: number
  recommended: number
}[] = [
  { ask: { clients: 1, perClient: 1, transferSeconds: 60 }, minimum: 1, recommended: 2 },
  { ask: { clients: 500, perClient: 2, transferSeconds: 15 }, minimum: 1000, recommended: 5000 },
  { ask: { clients: 500, perClient: 2, transferSeconds: 60 }, minimum: 1000, recommended: 2000 },
  { ask: { clients: 10, perClient: 1, transferSeconds: 1 }, minimum: 10, recommended: 610 },
  { ask: { clients: 7, perClient: 1, transferSeconds: 3600 }, minimum: 7, recommended: 8 },
]
for (const { ask, minimum, recommended } of exclusive) {
  const { clients, perClient, transferSeconds } = ask
  test(`exclusive ports: ${clients} clients, ${perClient} transfers of ${transferSeconds} s: ${minimum} at least, ${recommended} better`, () => {
    const need = exclusiveNeed(ask)
    assert.equal(need.minimum.value, minimum)
    assert.equal(need.recommended.value, recommended)
  })
}

test('the reasons say what the numbers are made of', () => {
  const office = sharedNeed({ perClient: 4, sameAddress: 10, workers: 4 })
  assert.match(office.minimum.because.text, /^10 clients behind one address wait for 40 data connections/)
  assert.match(office.recommended.because.text, /each has 80 ports: 40 for connections/)
  const { recommended } = exclusiveNeed({ clients: 500, perClient: 2, transferSeconds: 15 })
  assert.match(recommended.because.text, /60 seconds of TIME_WAIT after it: 1000 x \(1 \+ 60\/15\)$/)
})

test('more of anything never takes fewer ports, and the least is never more than what is better', () => {
  const some = fc.integer({ min: 1, max: 200 })
  fc.assert(
    fc.property(some, some, some, some, (clients, perClient, sameAddress, workers) => {
      const one = sharedNeed({ perClient, sameAddress, workers })
      const more = sharedNeed({
        perClient: perClient + 1,
        sameAddress: sameAddress + 1,
        workers: workers + 1,
      })
      assert.ok(one.minimum.value <= one.recommended.value)
      assert.ok(one.recommended.value < more.recommended.value)
      const transferSeconds = workers
      const other = exclusiveNeed({ clients, perClient, transferSeconds })
      assert.ok(other.minimum.value < other.recommended.value)
      const shorter = exclusiveNeed({ clients, perClient, transferSeconds: transferSeconds / 2 })
      assert.ok(other.recommended.value <= shorter.recommended.value)
    }),
  )
})
