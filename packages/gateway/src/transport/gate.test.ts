import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Gate } from './gate.ts'

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
