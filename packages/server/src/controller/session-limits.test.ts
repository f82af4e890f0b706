import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SessionLimits } from './session-limits.ts'

const LIMITS = { sessions: 5, sessionsPerAddress: 2, sessionsPerUser: 1, commandsPerSecond: 0 }

function admitted(limits: SessionLimits, worker: number, address: string): string {
  const place = limits.admit(worker, address)
  assert.ok('id' in place, 'a place was expected')
  return place.id
}

test('an address gets no more sessions than it may have, over all workers', () => {
  const limits = new SessionLimits(LIMITS)
  admitted(limits, 1, '192.0.2.1')
  const second = admitted(limits, 2, '192.0.2.1')
  const refusal = limits.admit(1, '192.0.2.1')
  assert.ok('key' in refusal)
  assert.match(String(refusal.values?.text), /Too many sessions from 192\.0\.2\.1: 2 are allowed/)
  limits.release(second)
  admitted(limits, 1, '192.0.2.1')
})

test('the server gets no more sessions than it may have', () => {
  const limits = new SessionLimits({ ...LIMITS, sessionsPerAddress: 0 })
  for (let n = 0; n < 5; n++) admitted(limits, 1, `192.0.2.${n}`)
  assert.ok('key' in limits.admit(1, '192.0.2.9'))
})

test('a user gets no more sessions than it may have, and its own number comes before the general one', () => {
  const limits = new SessionLimits({ ...LIMITS, sessionsPerAddress: 0 })
  const [a, b] = [admitted(limits, 1, '::1'), admitted(limits, 1, '::1')]
  assert.equal(limits.logIn(a, 'alice', undefined), undefined)
  assert.equal(limits.logIn(b, 'alice', undefined)?.key, 'login.too-many')
  assert.equal(limits.logIn(b, 'alice', 2), undefined)
  limits.logOut(a)
  limits.logOut(a)
  const c = admitted(limits, 1, '::1')
  assert.equal(limits.logIn(c, 'alice', 2), undefined)
})

test('a worker that is gone frees the places of its sessions alone', () => {
  const limits = new SessionLimits({ ...LIMITS, sessionsPerAddress: 0 })
  admitted(limits, 1, 'a')
  admitted(limits, 1, 'b')
  admitted(limits, 2, 'c')
  assert.equal(limits.releaseWorker(1), 2)
  assert.equal(limits.count, 1)
  assert.equal(limits.of(1), 0)
  assert.equal(limits.of(2), 1)
})

test('whatever comes and goes, limits hold and everything is free in the end', () => {
  const action = fc.record({
    kind: fc.constantFrom('admit', 'release', 'logIn', 'logOut'),
    who: fc.nat(3),
    at: fc.nat(20),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 200 }), actions => {
      const limits = new SessionLimits(LIMITS)
      const open = new Map<string, { address: string; user: string | undefined }>()
      for (const { kind, who, at } of actions) {
        const id = [...open.keys()][at % Math.max(open.size, 1)]
        if (kind === 'admit') {
          const place = limits.admit(1, `a${who}`)
          if ('id' in place) open.set(place.id, { address: `a${who}`, user: undefined })
        } else if (id !== undefined) {
          const session = open.get(id)
          if (kind === 'release') {
            limits.release(id)
            open.delete(id)
          } else if (kind === 'logIn' && session) {
            if (!limits.logIn(id, `u${who}`, undefined)) session.user = `u${who}`
          } else if (session) {
            limits.logOut(id)
            session.user = undefined
          }
        }
        const sessions = [...open.values()]
        assert.equal(limits.count, sessions.length)
        assert.ok(sessions.length <= 5)
        for (const n of [0, 1, 2, 3]) {
          assert.ok(sessions.filter(one => one.address === `a${n}`).length <= 2)
          assert.ok(sessions.filter(one => one.user === `u${n}`).length <= 1)
        }
      }
      for (const id of open.keys()) limits.release(id)
      assert.equal(limits.count, 0)
      assert.equal(limits.of(1), 0)
    }),
  )
})
