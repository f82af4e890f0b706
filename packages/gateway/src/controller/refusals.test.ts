import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Refusals } from './refusals.ts'

describe('who was not let in', () => {
  it('is told of once a minute, with how often meanwhile', () => {
    let now = 0
    const told: string[] = []
    const refusals = new Refusals(
      (code, text) => told.push(`${code} ${text}`),
      () => now,
    )
    const status = { code: 'POL_HANDSHAKE', text: 'Garbage.' } as const
    for (let n = 0; n < 1_000; n++) refusals.add('192.0.2.1', status)
    refusals.add('192.0.2.2', status)
    refusals.add('192.0.2.1', { code: 'POL_REVOKED', text: 'Revoked.' })
    now = 60_000
    refusals.add('192.0.2.1', status)
    assert.deepEqual(told, [
      'POL_HANDSHAKE 192.0.2.1 was not let in: Garbage.',
      'POL_HANDSHAKE 192.0.2.2 was not let in: Garbage.',
      'POL_REVOKED 192.0.2.1 was not let in: Revoked.',
      'POL_HANDSHAKE 192.0.2.1 was not let in: Garbage. (999 more since the last word of it)',
    ])
  })
})
