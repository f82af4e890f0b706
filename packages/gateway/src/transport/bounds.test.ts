import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatAddress, parseAddress, plainAddress } from './address.ts'
import { Gate } from './gate.ts'
import { AddressRate } from './rate.ts'

describe('a gate', () => {
  it('lets in as many as may be, of one address and in all, and again when one has left', () => {
    const gate = new Gate({ total: 3, perAddress: 2 })
    const [first, second] = [gate.enter('a'), gate.enter('a')]
    assert.ok(first && second)
    assert.equal(gate.enter('a'), undefined)
    assert.ok(gate.enter('b'))
    assert.equal(gate.enter('c'), undefined)
    first()
    first()
    assert.equal(gate.inside, 2)
    assert.ok(gate.enter('a'))
    assert.equal(gate.enter('a'), undefined)
  })

  it('never has more inside than it may, and is empty when all have left', () => {
    const steps = fc.array(fc.record({ address: fc.constantFrom('a', 'b', 'c'), leave: fc.boolean() }))
    fc.assert(
      fc.property(steps, list => {
        const gate = new Gate({ total: 4, perAddress: 2 })
        const inside: (() => void)[] = []
        for (const { address, leave } of list) {
          const entered = leave ? inside.shift()?.() : gate.enter(address)
          if (entered) inside.push(entered)
          assert.equal(gate.inside, inside.length)
          assert.ok(gate.inside <= 4)
        }
        for (const leave of inside) leave()
        assert.equal(gate.inside, 0)
      }),
    )
  })
})

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

describe('an address of a part', () => {
  it('is read and written the same way', () => {
    for (const text of ['example.com:8443', '192.0.2.1:1', '[2001:db8::1]:65535'])
      assert.equal(formatAddress(parseAddress(text)), text)
  })

  for (const text of [
    '',
    'x',
    'x:0',
    'x:65536',
    ':1',
    '2001:db8::1:443',
    '[x]:1',
    '[1.2.3.4]:1',
    'a b:1',
    'x:1/',
  ])
    it(`is refused when it is ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseAddress(text), { code: 'GATEWAY_INVALID', message: /HOST:PORT/ })
    })

  it('is plain IPv4 when it came so to an IPv6 socket', () => {
    assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1')
    assert.equal(plainAddress('::1'), '::1')
    assert.equal(plainAddress(undefined), '')
  })
})
