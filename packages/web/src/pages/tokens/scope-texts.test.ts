import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES } from '../../../../console/src/contract/auth.ts'
import { levelOf, SUBJECTS, withLevel } from './scope-texts.ts'

test('every scope of the API can be chosen', () => {
  const offered = SUBJECTS.flatMap(({ read, write }) => [read, write]).filter(Boolean)
  assert.deepEqual([...offered].sort(), [...SCOPES].sort())
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
