import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { test } from 'node:test'
import type { StorageErrorCode } from '../errors.ts'
import { failure } from '../failure.ts'
import { fromSystem } from './system-error.ts'

const cases: [string, StorageErrorCode][] = [
  ['ENOSPC', 'STORAGE_FULL'],
  ['EDQUOT', 'STORAGE_FULL'],
  ['EFBIG', 'STORAGE_TOO_LARGE'],
  ['EACCES', 'STORAGE_FORBIDDEN'],
  ['EPERM', 'STORAGE_FORBIDDEN'],
  ['EROFS', 'STORAGE_FORBIDDEN'],
  ['ENAMETOOLONG', 'STORAGE_BAD_NAME'],
  ['EILSEQ', 'STORAGE_BAD_NAME'],
  ['ETXTBSY', 'STORAGE_BUSY'],
  ['EBUSY', 'STORAGE_BUSY'],
  ['EMFILE', 'STORAGE_BUSY'],
  ['EXDEV', 'STORAGE_ACROSS'],
  ['ENOTEMPTY', 'STORAGE_NOT_EMPTY'],
  ['EISDIR', 'STORAGE_NOT_A_FILE'],
  ['ENOTDIR', 'STORAGE_NOT_A_FOLDER'],
  ['ELOOP', 'STORAGE_FORBIDDEN'],
  ['EIO', 'STORAGE_FAILED'],
]

for (const [code, expected] of cases) {
  test(`${code} becomes ${expected} without a path of the host`, () => {
    const cause = Object.assign(new Error(`${code}: bad, open '/srv/secret'`), { code, path: '/srv/secret' })
    const error = fromSystem(cause)
    assert.equal(error.code, expected)
    assert.doesNotMatch(error.message, /secret/)
    assert.match(error.message, /\.$/)
    assert.equal(error.cause, cause)
  })
}

test('a full quota is known by its number, since libuv has no name for it', () => {
  const cause = Object.assign(new Error('Unknown system error -122'), {
    code: 'Unknown system error -122',
    errno: -constants.errno.EDQUOT,
  })
  assert.equal(fromSystem(cause).code, 'STORAGE_FULL')
})

test('a failure of the disk is told with its name, and a mistake of ours without its text', () => {
  const io = Object.assign(new Error("EIO: i/o error, read '/srv'"), { code: 'EIO' })
  assert.match(fromSystem(io).message, /\(EIO\)/)
  assert.doesNotMatch(fromSystem(new TypeError('x of /srv')).message, /srv/)
})

test('a storage failure stays the same object', () => {
  const error = failure('STORAGE_BUSY')
  assert.equal(fromSystem(error), error)
})
