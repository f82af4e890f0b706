import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StatusCode } from '../codes.ts'
import type { MemberIdentity } from '../pki/types.ts'
import { createMembers } from './members.ts'

const LISTED = {
  type: 'members',
  edges: ['a:1'],
  valid: [
    {
      id: 'con-1',
      kind: 'connector',
      name: 'One',
      serial: 'aa',
      previousSerial: 'a9',
      draining: false,
      expiresAt: 9,
    },
  ],
  draining: false,
  graceMs: 5,
  idleMs: 6,
} as const

const TABLE: readonly [string, Partial<MemberIdentity>, StatusCode | undefined][] = [
  ['who is listed', {}, undefined],
  ['who is not listed', { id: 'con-2' }, 'POL_REVOKED'],
  ['the certificate before, whose successor may have been lost', { serial: 'a9' }, undefined],
  ['a certificate that was replaced', { serial: 'ab' }, 'POL_REVOKED'],
  ['an id of another kind', { kind: 'agent' }, 'POL_REVOKED'],
  ['a controller', { kind: 'controller' }, 'POL_REVOKED'],
]
for (const [title, change, code] of TABLE) {
  test(`${title} is ${code ? 'refused' : 'let in'}`, () => {
    const members = createMembers()
    members.said({ ...LISTED, edges: [...LISTED.edges], valid: [...LISTED.valid] })
    const identity: MemberIdentity = { id: 'con-1', kind: 'connector', serial: 'aa', expiresAt: 9, ...change }
    assert.equal(members.refuses(identity)?.code, code)
  })
}

test('before a controller has said anything nobody is let in', () => {
  const members = createMembers()
  const identity: MemberIdentity = { id: 'con-1', kind: 'connector', serial: 'aa', expiresAt: 9 }
  assert.equal(members.refuses(identity)?.code, 'EDG_CONTROLLER_LOST')
})
