import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isStatusCode, STATUS } from '../codes.ts'
import { chooseLink, mayTryAnother } from './route.ts'

const link = (name: string, silentMs: number, hosts: readonly string[] = [], draining = false) => ({
  ...{ name, link: { silentMs, draining } },
  hosts: new Map(hosts.map(host => [host, 1])),
})

describe('the link for a new stream', () => {
  const [a, b] = [link('a', 10), link('b', 10)]
  const silent = link('silent', 3_000)
  const silenter = link('silenter', 9_000)
  const session = link('session', 10, ['10.0.0.9'])
  const draining = link('draining', 10, ['10.0.0.9'], true)
  const cases = [
    { title: 'is the one in use', links: [a, b], current: b, expected: 'b' },
    { title: 'is another when the one in use is silent', links: [silent, b], current: silent, expected: 'b' },
    {
      title: 'is the least silent when all are',
      links: [silenter, silent],
      current: silenter,
      expected: 'silent',
    },
    { title: 'is that of the session', links: [a, session], current: a, expected: 'session' },
    {
      title: 'is that of the session of a sign-in before',
      links: [a],
      retired: [session],
      current: a,
      expected: 'session',
    },
    {
      title: 'is none of a sign-in before without a session',
      links: [],
      retired: [b],
      current: undefined,
      expected: undefined,
    },
    { title: 'is none that drains', links: [draining, a], current: draining, expected: 'a' },
    { title: 'is none that was tried', links: [a, b], current: a, tried: [a], expected: 'b' },
  ]
  for (const { title, links, retired = [], current, tried = [], expected } of cases) {
    it(title, () => {
      const chosen = chooseLink(links, retired, current, ['10.0.0.9'], new Set(tried))
      assert.equal(chosen?.name, expected)
    })
  }
})

describe('another edge', () => {
  it('is never asked after what may have reached the server, nor after a decision', () => {
    const codes = Object.keys(STATUS)
      .filter(isStatusCode)
      .filter(code => mayTryAnother({ code, text: '' }))
    assert.deepEqual(
      codes.filter(code => /^(POL|SRV|AGT)_/.test(code) || code === 'EDG_OPEN_TIMEOUT'),
      [],
    )
    assert.ok(codes.includes('EDG_DRAINING'))
  })
})
