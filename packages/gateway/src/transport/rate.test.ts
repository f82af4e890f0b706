import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AddressRate } from './rate.ts'

describe('a rate by address', () => {
  it('gives a burst, and then so many a second, to each address its own', () => {
    const rate = new AddressRate({ burst: 2, perSecond: 1 })
    assert.deepEqual(
      [0, 0, 0, 500, 1_000, 1_001].map(now => rate.take('a', now)),
      [true, true, false, false, true, false],
    )
    assert.equal(rate.take('b', 1_001), true)
  })

  it('forgets the addresses that were quiet longest, so that its memory has a bound', () => {
    const rate = new AddressRate({ burst: 1, perSecond: 0 })
    assert.equal(rate.take('first', 0), true)
    for (let n = 0; n < 50_000; n++) rate.take(`a${n}`, 0)
    assert.equal(rate.take('a49999', 0), false)
    assert.equal(rate.take('first', 0), true)
  })
})
