import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type StateKind, StateSender } from './state-sender.ts'

describe('state that is sent to an edge', () => {
  it('goes at once when nothing is on its way, and else once, newest, the configuration first', async () => {
    const sent: StateKind[] = []
    const taken: (() => void)[] = []
    const sender = new StateSender(
      kind => sent.push(kind),
      () => new Promise(resolve => taken.push(resolve)),
    )
    await sender.said('members')
    await sender.say('members')
    assert.deepEqual(sent, ['members'])
    const again = [sender.say('members'), sender.say('config'), sender.say('members')]
    assert.deepEqual(sent, ['members'])
    taken.shift()?.()
    await again[1]
    assert.deepEqual(sent, ['members', 'config'])
    taken.shift()?.()
    await Promise.all([...again, sender.said('members')])
    assert.deepEqual(sent, ['members', 'config', 'members'])
  })
})
