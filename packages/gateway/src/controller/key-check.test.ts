import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { checkKeyUse } from './key-check.ts'

describe('the networks of a provisioning key', () => {
  const hash = createHash('sha256').update('s').digest('hex')
  const good = (networks: readonly string[], from: string) => {
    const document = { kind: 'edge', enabled: true, maxUses: 1, networks }
    const row = { name: 'k', document, hash, uses: 0, createdAt: 0, changedAt: 0, changedBy: '', revision: 1 }
    return checkKeyUse(row, { kind: 'edge', key: 'k', secret: 's' }, from, 0).key !== undefined
  }
  const cases: readonly [networks: readonly string[], from: string, is: boolean][] = [
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['10.0.0.7'], '10.0.0.7', true],
    [['10.0.0.7'], '10.0.0.8', false],
    [['2001:db8::/32'], '2001:db8:1::1', true],
    [['2001:db8::/32'], '10.0.0.1', false],
    [['10.0.0.0/8'], '2001:db8::1', false],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', true],
    [['192.0.2.0/24', '0.0.0.0/0'], '8.8.8.8', true],
    [['nonsense', '10.0.0.0/99'], '10.0.0.1', false],
    [['0.0.0.0/0'], 'not an address', false],
    [['0.0.0.0/0'], '', false],
  ]
  for (const [networks, from, is] of cases)
    it(`${networks.join(' and ')} ${is ? 'have' : 'have not'} ${from === '' ? 'nothing' : from}`, () => {
      assert.equal(good(networks, from), is)
    })
})
