import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Scope } from '@portolan/console/contract'
import { levelOf, SUBJECTS, withLevel } from './scope-texts.ts'

/** The compiler holds this against the contract. */
const EVERY: Readonly<Record<Scope, true>> = {
  'settings:read': true,
  'settings:write': true,
  'users:read': true,
  'users:write': true,
  'sessions:read': true,
  'sessions:write': true,
  'bans:read': true,
  'bans:write': true,
  'logs:read': true,
  'audit:read': true,
  'certificates:read': true,
  'certificates:write': true,
  'administrators:write': true,
  'tokens:write': true,
  'metrics:read': true,
  'transfers:read': true,
  'transfers:run': true,
  'transfers:write': true,
  'access:read': true,
  'access:run': true,
  'access:write': true,
}

test('every scope of the API can be chosen', () => {
  const offered = SUBJECTS.flatMap(({ read, write }) => [read, write]).filter(Boolean)
  assert.deepEqual([...offered].sort(), Object.keys(EVERY).sort())
})

test('each subject has one level at a time', () => {
  for (const subject of SUBJECTS) {
    for (const level of ['read', 'write', 'none'] as const) {
      if (level !== 'none' && subject[level] === undefined) continue
      const scopes = withLevel(['logs:read', 'settings:write'], subject, level)
      assert.equal(levelOf(scopes, subject), level)
      assert.deepEqual(withLevel(scopes, subject, level).toSorted(), scopes.toSorted())
    }
  }
})
