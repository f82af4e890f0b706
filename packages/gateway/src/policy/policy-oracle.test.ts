import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compilePolicy } from './compile-policy.ts'
import { judge, type Verdict } from './testing-oracle.ts'
import { arbitraryConfig, arbitraryNow, arbitraryRequester, arbitraryTarget } from './testing-policies.ts'
import type { AccessDecision } from './types.ts'

const request = fc.tuple(arbitraryRequester, arbitraryTarget, arbitraryNow)

function verdictOf({ because: _, status, ...rest }: AccessDecision): Verdict {
  return { ...rest, ...(status && { code: status.code }) }
}

test('a policy decides as the slow oracle does, whatever the segments, rules and requests', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(arbitraryConfig, fc.array(request, { minLength: 20, maxLength: 60 }), (config, requests) => {
      const policy = compilePolicy(config)
      for (const [who, target, now] of requests) {
        const decision = policy.decide(who, target, now)
        assert.deepEqual(verdictOf(decision), judge(config, who, target, now))
        const kind = decision.status?.code ?? 'allow'
        seen.set(kind, (seen.get(kind) ?? 0) + 1)
      }
    }),
    { numRuns: 500 },
  )
  // Otherwise the property says less than it seems to.
  const kinds = [
    'allow',
    'POL_BYPASSED',
    'POL_DENIED',
    'POL_NO_RULE',
    'POL_NO_SEGMENT',
    'POL_SEGMENT_DISABLED',
    'POL_WRONG_PORT',
  ]
  for (const kind of kinds)
    assert.ok((seen.get(kind) ?? 0) > 100, `${kind} was hardly seen: ${seen.get(kind)}`)
})
