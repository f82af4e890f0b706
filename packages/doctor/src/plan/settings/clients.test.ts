import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVERYTHING, sectionOf } from '../testing.ts'

test('WinSCP: explicit and implicit TLS have their own address, and data goes where control goes', () => {
  assert.deepEqual(sectionOf('winscp', EVERYTHING).text.split('\n'), [
    '# TLS/SSL Explicit encryption',
    'open ftpes://USER@203.0.113.7:21/ -passive=on -rawsettings FtpForcePasvIp2=0',
    '# TLS/SSL Implicit encryption',
    'open ftps://USER@203.0.113.7:990/ -passive=on -rawsettings FtpForcePasvIp2=0',
  ])
})

test('WinSCP: an IPv6 address stands in brackets', () => {
  assert.match(sectionOf('winscp', { server: '2001:db8::5' }).text, /\/\/USER@\[2001:db8::5\]:21\/ /)
})

test('FileZilla: one connection more than transfers, since it browses with one', () => {
  const { text } = sectionOf('filezilla', { perClient: 4 })
  assert.match(text, /Host +ftp\.example\.com$/m)
  assert.match(text, /simultaneous connections +5$/m)
  assert.match(text, /Require explicit FTP over TLS$/m)
  const implicit = { listeners: [{ host: '0.0.0.0', port: 990, tls: 'implicit' } as const] }
  assert.match(sectionOf('filezilla', implicit).text, /Port +990\n.*Require implicit FTP over TLS$/m)
})

test('FileZilla Server does not share ports, so its range is that of exclusive ports', () => {
  const own = sectionOf('filezilla-server', { nat: '203.0.113.7' })
  assert.match(own.text, /From +27768\n +To +32767\n.* 203\.0\.113\.7$/m)
  assert.match(own.notes.join(), /5000 ports where Portolan needs 16/)
  const same = sectionOf('filezilla-server', { exclusive: true })
  assert.match(same.text, /From +27768\n +To +32767\n/)
  assert.deepEqual(same.notes, [])
  assert.match(sectionOf('filezilla-server', { clients: 50_000 }).text, /need more ports than there are/)
})
