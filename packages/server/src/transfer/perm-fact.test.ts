import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryStorage, type Entry, type EntryKind } from '@portolan/storage'
import type { Account, Mount } from '../policy/account.ts'
import type { PermissionRule } from '../policy/permissions.ts'
import { UserFiles } from '../session/user-files.ts'
import { permFact } from './perm-fact.ts'

const HOME: Mount = { path: '/', folder: '/srv/alice', readOnly: false }

function filesOf(permissions: readonly PermissionRule[], mounts: readonly Mount[] = [HOME]): UserFiles {
  const account: Account = {
    user: 'alice',
    groups: [],
    anonymous: false,
    mounts,
    permissions,
    userClass: 'default',
    userClassBecause: { code: 'none', text: 'no class matches' },
    quota: false,
  }
  return new UserFiles(account, createMemoryStorage(), () => {})
}

const entry = (kind: EntryKind, name = 'name'): Entry => ({ name, kind, size: 0, modified: 0 })

/** Letters of RFC 3659 section 7.5.5. */
const LETTERS: readonly [allow: PermissionRule['allow'], file: string, folder: string][] = [
  ['all', 'adfrw', 'cdeflmp'],
  ['readOnly', 'r', 'el'],
  ['none', '', ''],
  [['read'], 'r', ''],
  [['write'], 'w', 'c'],
  [['append'], 'a', ''],
  [['delete'], 'd', 'p'],
  [['rename'], 'f', 'f'],
  [['list'], '', 'el'],
  [['makeFolder'], '', 'm'],
  [['removeFolder'], '', 'd'],
  [['attributes', 'link'], '', ''],
]
for (const [allow, file, folder] of LETTERS) {
  test(`${Array.isArray(allow) ? allow.join(' and ') : allow} shows as "${file}" of a file and "${folder}" of a folder`, () => {
    const fact = permFact(filesOf([{ path: '/', allow }]), '/')
    assert.equal(fact(entry('file')), file)
    assert.equal(fact(entry('folder')), folder)
  })
}

test('a rule for a name in the folder shows at that name alone', () => {
  const fact = permFact(
    filesOf([
      { path: '/', allow: 'all' },
      { path: '/in/secret', allow: 'none' },
    ] satisfies PermissionRule[]),
    '/in',
  )
  assert.equal(fact(entry('folder', 'secret')), '')
  assert.equal(fact(entry('file', 'secret')), '')
  assert.equal(fact(entry('folder', 'secrets')), 'cdeflmp')
})

test('a read-only virtual folder shows as such, and so does what is in it', () => {
  const files = filesOf(
    [{ path: '/', allow: 'all' }],
    [HOME, { path: '/pub', folder: '/srv/pub', readOnly: true }],
  )
  assert.equal(permFact(files, '/')(entry('folder', 'pub')), 'el')
  assert.equal(permFact(files, '/pub')(entry('file')), 'r')
  assert.equal(permFact(files, '/')(entry('file')), 'adfrw')
})
