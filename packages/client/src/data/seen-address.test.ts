import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reply } from '@portolan/protocol'
import { seenIn } from './seen-address.ts'

const cases = [
  {
    name: 'vsftpd',
    lines: [
      'FTP server status:',
      '     Connected to ::ffff:198.51.100.7',
      '     Logged in as a',
      'End of status',
    ],
    seen: '198.51.100.7',
  },
  {
    name: 'ProFTPD, with a name',
    lines: [
      "Status of 'x'",
      ' Connected from client.example (198.51.100.7)',
      ' Logged in as a',
      'End of status',
    ],
    seen: '198.51.100.7',
  },
  {
    name: 'IPv6',
    lines: ['Status:', 'Connected from: 2001:db8::7', 'End'],
    seen: '2001:db8::7',
  },
  {
    name: 'a server that tells both ends',
    lines: ['Status:', 'Connected from 198.51.100.7:4021 to 192.0.2.1:21', 'End'],
    seen: '198.51.100.7',
  },
  { name: 'the server’s own address alone', lines: ['Connected to: 192.0.2.1:21'], seen: undefined },
  { name: 'nothing of the kind', lines: ['Version 1.2.3.4 ready'], seen: undefined },
  { name: 'no address at all', lines: ['Connected from 999.1.1.1'], seen: undefined },
]

for (const { name, lines, seen } of cases) {
  test(`the address at which the server sees us: ${name}`, () => {
    const [first = '', ...more] = lines
    assert.equal(seenIn(reply(211, first, ...more), '192.0.2.1'), seen)
  })
}

test('a refusal tells nothing', () => {
  assert.equal(seenIn(reply(530, 'Connected to 198.51.100.7'), '192.0.2.1'), undefined)
})
