import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compilePolicy } from './compile-policy.ts'
import { SegmentFinder } from './segment-finder.ts'
import { ALICE, allow, config, forwarding, NOON, seg, server, wide } from './testing-config.ts'
import { arbitraryConfig, arbitraryNow, arbitraryRequester, arbitraryTarget } from './testing-policies.ts'

test('definitions leave out what is not allowed where only that is forwarded', () => {
  const segments = [
    seg('open', ['10.1.0.9']),
    seg('closed', ['10.2.0.9']),
    seg('off', ['10.3.0.9'], { enabled: false }),
  ]
  const policy = compilePolicy(
    config({
      segments: [...segments, seg('direct', ['10.4.0.9'], { bypass: 'always' })],
      forwarding: [forwarding('forward-allowed', 'allowed')],
      access: [allow('a', { segments: ['open'] })],
    }),
  )
  const told = policy.definitions(ALICE, NOON).map(({ segment: name, action }) => `${name} ${action}`)
  assert.deepEqual(told, ['open forward', 'direct bypass'])
})

test('what is left out is told as bypassed where a wider segment is forwarded', () => {
  const policy = compilePolicy(
    config({
      segments: [wide, server()],
      forwarding: [forwarding('forward-allowed', 'allowed', { segments: ['server'] })],
    }),
  )
  assert.deepEqual(
    policy.definitions(ALICE, NOON).map(({ segment: name, action, because }) => [name, action, because]),
    [
      ['wide', 'forward', 'No forwarding rule fits: it is forwarded.'],
      [
        'server',
        'bypass',
        'Forwarding rule 1 “allowed” forwards only what is allowed: agents connect directly.',
      ],
    ],
  )
})

test('what is left out is told as bypassed where another segment has the same address', () => {
  const policy = compilePolicy(
    config({
      segments: [server(), seg('second', ['10.1.0.9'])],
      forwarding: [forwarding('forward-allowed', 'allowed', { segments: ['server'] })],
    }),
  )
  const told = policy.definitions(ALICE, NOON).map(({ segment: name, action }) => `${name} ${action}`)
  assert.deepEqual(told, ['server bypass', 'second forward'])
})

test('an agent that goes by its definitions does what the policy says', () => {
  const seen = new Map<string, number>()
  const targets = fc.array(arbitraryTarget, { minLength: 20, maxLength: 40 })
  fc.assert(
    fc.property(arbitraryConfig, arbitraryRequester, arbitraryNow, targets, (config, who, now, all) => {
      const policy = compilePolicy(config)
      const definitions = policy.definitions(who, now)
      const finder = new SegmentFinder(definitions)
      for (const target of all) {
        const { owner } = finder.find(target)
        const way = (owner && definitions[owner.segment])?.action ?? 'direct'
        const { action, status } = policy.decide(who, target, now)
        const kind = `${way}, ${status?.code ?? action}`
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
        assert.ok(FITTING[way].includes(status?.code ?? action), kind)
      }
    }),
    { numRuns: 500 },
  )
  for (const [way, codes] of Object.entries(FITTING)) {
    for (const code of codes) assert.ok(seen.has(`${way}, ${code}`), `${way}, ${code} was never seen`)
  }
})

/** A segment that is disabled is in no definition, so that a wider one may take its targets; the edge refuses them. */
const FITTING = {
  forward: ['allow', 'POL_DENIED', 'POL_NO_RULE', 'POL_SEGMENT_DISABLED'],
  bypass: ['POL_BYPASSED', 'POL_SEGMENT_DISABLED'],
  direct: ['POL_NO_SEGMENT', 'POL_WRONG_PORT', 'POL_SEGMENT_DISABLED', 'POL_BYPASSED'],
}
