import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EdgeAddresses } from './edge-addresses.ts'

const NOBODY: ReadonlySet<string> = new Set()
const FULL = () => 1

describe('addresses of edges', () => {
  it('are tried in their order, one by one', () => {
    const addresses = new EdgeAddresses(FULL)
    addresses.replace(['a:1', 'b:1'])
    assert.deepEqual(addresses.next(NOBODY, 0), { address: 'a:1', waitMs: 0 })
    addresses.take('a:1')
    assert.deepEqual(addresses.next(NOBODY, 0), { address: 'b:1', waitMs: 0 })
    addresses.take('b:1')
    assert.equal(addresses.next(NOBODY, 0), undefined)
  })

  it('are waited for from 0.2 to 5 seconds, doubled after each failure', () => {
    const addresses = new EdgeAddresses(FULL)
    addresses.replace(['a:1'])
    const waits = Array.from({ length: 7 }, () => {
      addresses.take('a:1')
      addresses.release('a:1', { good: false }, 1_000)
      return addresses.next(NOBODY, 1_000)?.waitMs
    })
    assert.deepEqual(waits, [200, 400, 800, 1_600, 3_200, 5_000, 5_000])
    addresses.release('a:1', { good: true }, 1_000)
    assert.equal(addresses.next(NOBODY, 1_000)?.waitMs, 200)
  })

  it('that failed come after those that did not', () => {
    const addresses = new EdgeAddresses(FULL)
    addresses.replace(['a:1', 'b:1'])
    addresses.release('a:1', { good: false }, 0)
    assert.equal(addresses.next(NOBODY, 0)?.address, 'b:1')
    addresses.forgive()
    assert.equal(addresses.next(NOBODY, 0)?.address, 'a:1')
  })

  it('of an edge that is connected are left alone until it is not', () => {
    const addresses = new EdgeAddresses(FULL)
    addresses.replace(['a:1', 'b:1'])
    addresses.found('a:1', 'edge1')
    addresses.found('b:1', 'edge1')
    assert.equal(addresses.next(new Set(['edge1']), 0), undefined)
    assert.equal(addresses.next(NOBODY, 0)?.address, 'a:1')
  })

  it('that are not named any more stay while they are in use', () => {
    const addresses = new EdgeAddresses(FULL)
    addresses.replace(['a:1', 'b:1'])
    addresses.take('a:1')
    addresses.replace(['c:1'])
    assert.equal(addresses.next(NOBODY, 0)?.address, 'c:1')
    addresses.release('a:1', { good: true }, 0)
    addresses.replace(['c:1'])
    addresses.take('c:1')
    assert.equal(addresses.next(NOBODY, 0), undefined)
  })
})
