import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Definition } from '../../policy/types.ts'
import { createMatcher } from '../matcher.ts'
import { formatAddress, planRedirects, type Redirect } from './redirect-plan.ts'

const definition = (
  applications: readonly string[],
  ports: readonly [number, number][],
  action: Definition['action'] = 'forward',
): Definition => ({
  ...{ segment: applications.join(), applications, action, because: '' },
  ports: ports.map(([from, to]) => ({ from, to })),
  ...{ doubleEncryption: false, inspection: 'off' },
})

const text = (family: 4 | 6, redirects: readonly Redirect[]) =>
  redirects.map(({ addresses, ports }) => [
    addresses
      .map(({ first, last }) => `${formatAddress(family, first)}-${formatAddress(family, last)}`)
      .join(),
    ports.map(({ from, to }) => `${from}-${to}`).join(),
  ])

describe('a redirect plan', () => {
  it('has an address, a network and their ports', () => {
    const plan = planRedirects([definition(['10.0.0.9', '10.1.0.0/30'], [[21, 21]])])
    assert.deepEqual(text(4, plan[4]), [['10.0.0.9-10.0.0.9,10.1.0.0-10.1.0.3', '21-21']])
    assert.deepEqual(plan[6], [])
  })

  it('leaves a hole where a more specific application is bypassed', () => {
    const plan = planRedirects([
      definition(['10.0.0.0/29'], [[1, 65_535]]),
      definition(['10.0.0.4'], [[21, 21]], 'bypass'),
    ])
    assert.deepEqual(text(4, plan[4]), [
      ['10.0.0.0-10.0.0.3,10.0.0.5-10.0.0.7', '1-65535'],
      ['10.0.0.4-10.0.0.4', '1-20,22-65535'],
    ])
  })

  it('says which applications are names', () => {
    const plan = planRedirects([
      definition(['ftp.corp.example', 'fd00::/126'], [[21, 21]]),
      definition(['direct.corp.example'], [[21, 21]], 'bypass'),
    ])
    assert.deepEqual(plan.names, ['ftp.corp.example'])
    assert.deepEqual(text(6, plan[6]), [['fd00:0:0:0:0:0:0:0-fd00:0:0:0:0:0:0:3', '21-21']])
  })

  it('redirects exactly what a matcher of the same definitions forwards', () => {
    // A small world, so that networks and ports meet each other.
    const network = fc.record({
      last: fc.nat(31),
      length: fc.integer({ min: 27, max: 32 }),
      six: fc.boolean(),
    })
    const written = network.map(({ last, length, six }) =>
      six ? `fd00::${last.toString(16)}/${96 + length}` : `10.0.0.${last}/${length}`,
    )
    const range = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(4))
    const definitions = fc.array(
      fc
        .record({
          applications: fc.array(written, { minLength: 1, maxLength: 3 }),
          ports: fc.array(range, { minLength: 1, maxLength: 3 }),
          action: fc.constantFrom<Definition['action'][]>('forward', 'bypass'),
        })
        .map(({ applications, ports, action }) =>
          definition(
            applications,
            ports.map(([from, more]) => [from, from + more]),
            action,
          ),
        ),
      { maxLength: 8 },
    )
    fc.assert(
      fc.property(definitions, list => {
        const matcher = createMatcher(list)
        const plan = planRedirects(list)
        for (const family of [4, 6] as const) {
          const base = family === 4 ? 10n << 24n : 0xfd00n << 112n
          for (let host = base; host < base + 33n; host += 1n) {
            for (let port = 1; port <= 15; port += 1) {
              const redirected = plan[family].filter(
                ({ addresses, ports }) =>
                  addresses.some(({ first, last }) => first <= host && host <= last) &&
                  ports.some(({ from, to }) => from <= port && port <= to),
              )
              const match = matcher.match({ host: formatAddress(family, host), port })
              assert.equal(redirected.length, match?.definition.action === 'forward' ? 1 : 0)
            }
          }
        }
      }),
    )
  })
})
