import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reply } from '@portolan/protocol'
import { saysTooMany } from './too-many.ts'

const yes = [
  '421 Too many connections (8) from this IP',
  '421 There are too many connected users, please try later.',
  '530 Sorry, the maximum number of clients (3) for this user are already connected.',
  '530 Maximum login limit has been reached.',
  '421 Service not available, maximum number of sessions exceeded',
  '530 Sorry, no more connections for this user.',
  '421 12 users (the maximum) are already logged in, sorry',
  '530 User limit reached',
]
const no = ['530 Login incorrect.', '530 Not logged in.', '550 No such file', '220 Too many cooks FTP']

for (const line of yes) test(`too many: ${line}`, () => assert.ok(saysTooMany(parse(line))))
for (const line of no) test(`something else: ${line}`, () => assert.ok(!saysTooMany(parse(line))))

function parse(line: string) {
  return reply(Number(line.slice(0, 3)), line.slice(4))
}
