import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownersFrom } from './owners.ts'

const PASSWD =
  'root:x:0:0:root:/root:/bin/sh\nftp:x:107:65534::/srv:/bin/false\nalso:x:0:0::/:/bin/sh\nbroken\ntwo words:x:9:9::/:\n'
const GROUP = 'root:x:0:\nstaff:x:50:a,b\nbad:x:-1:\n'

test('numbers have the first name that the system gives them, or stay numbers', () => {
  const owners = ownersFrom(PASSWD, GROUP)
  assert.equal(owners.user(0), 'root')
  assert.equal(owners.user(107), 'ftp')
  assert.equal(owners.user(1_234), '1234')
  assert.equal(owners.group(50), 'staff')
  assert.equal(owners.group(107), '107')
})

test('a name that would shift the columns of a listing is not used', () => {
  assert.equal(ownersFrom(PASSWD, GROUP).user(9), '9')
})

test('without the files there are only numbers', () => {
  assert.equal(ownersFrom('', '').user(0), '0')
})
