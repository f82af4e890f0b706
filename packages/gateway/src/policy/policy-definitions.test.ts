import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compilePolicy } from './compile-policy.ts'
import { SegmentFinder } from './segment-finder.ts'
import { arbitraryConfig, arbitraryNow, arbitraryRequester, arbitraryTarget } from './testing-policies.ts'

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
