import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GREETING, inspect, LOGIN, PASV, type Said, sides } from './testing-inspection.ts'

describe('what passes', () => {
  const sessions: Readonly<Record<string, readonly Said[]>> = {
    'a passive download': [
      ...LOGIN,
      ...PASV,
      ['client', 'RETR a b .bin\r\n'],
      ['server', '150 Opening.\r\n226 Done.\r\n'],
      ['client', 'QUIT\r\n'],
      ['server', '221 Bye.\r\n'],
      ['server-end'],
      ['client-end'],
    ],
    'replies of several lines': [
      ['server', '220-Hello\r\n 220 not yet\r\n221 neither\r\n220 Ready.\r\n'],
      ['client', 'FEAT\r\n'],
      ['server', '211-Features\r\n UTF8\r\n211 End\r\n'],
    ],
    'bare line feeds and doubled carriage returns': [
      ['server', '220 Ready.\n'],
      ['client', 'NOOP\nNOOP\r\r\n'],
      ['server', '200 OK\n200 OK\r\r\n'],
    ],
    'names in any encoding, and telnet bytes': [
      GREETING,
      ['client', 'SIZE \xc3\xa4\xe4\xff\xff\r\n\xff\xf1NOOP\r\n'],
      ['server', '213 1\r\n200 \xff\xff\r\n'],
    ],
    'ABOR with a whole Synch': [
      ...LOGIN,
      ['client', 'RETR a\r\n'],
      ['server', '150 Opening.\r\n'],
      ['client', '\xff\xf4\xff\xf2ABOR\r\n'],
      ['server', '426 Aborted.\r\n226 ABOR done.\r\n'],
    ],
    'what is no command': [
      GREETING,
      ['client', '\r\n  hello\r\n?\r\n'],
      ['server', '500 What?\r\n500 What?\r\n'],
    ],
    'verbs that only begin like PORT': [GREETING, ['client', 'PORTS 1\r\nEPRTX\r\nXPORT 1\r\n']],
    'names that hold PORT': [GREETING, ['client', 'STOR PORT 1,2\r\nRETR EPRT\r\nSITE PORT\r\n']],
  }
  for (const [name, said] of Object.entries(sessions)) {
    it(`${name} passes unchanged`, () => {
      const { toServer, toClient, failed } = inspect(said)
      assert.equal(failed, undefined)
      assert.equal(toServer, sides(said, 'client'))
      assert.equal(toClient, sides(said, 'server'))
    })
  }

  it('a part of a line is held back until the line is whole', () => {
    assert.equal(inspect([GREETING, ['client', 'NOOP\r\nRETR a']]).toServer, 'NOOP\r\n')
    assert.equal(inspect([['server', '220-Hello\r\n220 Rea']]).toClient, '220-Hello\r\n')
  })

  it('the end of a side is told once all that it sent was passed on', () => {
    const { order } = inspect([
      GREETING,
      ['client', 'NOOP'],
      ['client-end'],
      ['server', '200 OK'],
      ['server-end'],
    ])
    assert.deepEqual(order, ['to-client', 'to-server', 'end-server', 'to-client', 'end-client'])
  })
})

describe('bounds', () => {
  const failing: readonly (readonly [string, readonly Said[], RegExp])[] = [
    ['a long command', [GREETING, ['client', `STOR ${'x'.repeat(4_092)}\r\n`]], /more than 4096 bytes/],
    ['a long command without an end', [GREETING, ['client', 'x'.repeat(4_098)]], /more than 4096 bytes/],
    ['a long line of a reply', [['server', `220 ${'x'.repeat(8_189)}\r\n`]], /more than 8192 bytes/],
    ['a long line without an end', [['server', 'x'.repeat(8_194)]], /more than 8192 bytes/],
    ['NUL in a command', [GREETING, ['client', 'STOR a\x00\r\n']], /NUL/],
    ['NUL in a reply', [['server', '220 \x00\r\n']], /NUL/],
    ['a bare CR in a command', [GREETING, ['client', 'NOOP\rPORT 1,2,3,4,5,6\r\n']], /CR/],
    ['a line end as a telnet option', [GREETING, ['client', 'PO\xff\xfb\nRT 1,2,3,4,5,6\r\n']], /telnet/],
    [
      'a line end within a telnet sequence',
      [GREETING, ['client', 'PO\xff\xfax\xff\nRT 1\xff\xf0\r\n']],
      /telnet/,
    ],
    ['a server of another kind', [['server', 'SSH-2.0-OpenSSH_9.2\r\n']], /SSH-2.0-OpenSSH_9.2.*is no reply/],
    [
      'a passive reply that never ends',
      [...LOGIN, ['client', 'PASV\r\n'], ['server', `227-${'x'.repeat(1_000)}\r\n`.repeat(20)]],
      /16384/,
    ],
    [
      'commands without an end behind AUTH',
      [GREETING, ['client', 'AUTH TLS\r\n'], ['client', 'x'.repeat(1_048_577)]],
      /wait for replies/,
    ],
  ]
  for (const [name, said, why] of failing) {
    it(`${name} ends the session, and nothing follows`, () => {
      const before = said.slice(0, -1)
      const after: readonly Said[] = [
        ['client', 'NOOP\r\n'],
        ['server', '200 OK\r\n'],
        ['client-end'],
        ['server-end'],
      ]
      const inspection = inspect([...said, ...after])
      assert.equal(inspection.failed, 'CON_FTP_PROTOCOL')
      assert.match(inspection.why, why)
      assert.equal(inspection.toServer, inspect(before).toServer)
      assert.deepEqual(inspection.ends, [])
    })
  }

  it('lines as long as the bounds pass', () => {
    const said: readonly Said[] = [
      ['server', `220 ${'x'.repeat(8_188)}\r\n`],
      ['client', `STOR ${'x'.repeat(4_091)}\r\n`],
    ]
    const { toServer, toClient, failed } = inspect(said)
    assert.deepEqual([failed, toServer, toClient], [undefined, sides(said, 'client'), sides(said, 'server')])
  })

  it('commands beyond 256 without a reply wait for replies, in their order', () => {
    const many = Array.from({ length: 300 }, (_, at) => `SIZE ${at}\r\n`)
    const said: readonly Said[] = [GREETING, ['client', many.join('')]]
    assert.equal(inspect(said).toServer, many.slice(0, 256).join(''))
    const replies: readonly Said[] = [['server', '213 1\r\n'.repeat(300)]]
    assert.equal(inspect([...said, ...replies]).toServer, many.join(''))
  })
})

describe('ABOR as urgent data', () => {
  const lost: Readonly<Record<string, readonly [string, string]>> = {
    'its line feed': ['ABOR\r', 'ABOR\r\n'],
    'its line feed, with a command behind': ['ABOR\rTYPE I\r\n', 'ABOR\r\nTYPE I\r\n'],
    'the data mark': ['\xff\xf4\xffABOR\r\n', 'ABOR\r\n'],
    'the interrupt': ['\xff\xff\xf2ABOR\r\n', 'ABOR\r\n'],
    'all but the data mark': ['\xf2abor\r\n', 'ABOR\r\n'],
    'the Synch and the line feed': ['\xf2ABOR\r', 'ABOR\r\n'],
  }
  for (const [name, [sent, passed]] of Object.entries(lost)) {
    it(`is mended where it lost ${name}`, () => {
      const { toServer, failed } = inspect([GREETING, ['client', sent]])
      assert.deepEqual([failed, toServer], [undefined, passed])
    })
  }

  it('is not mended twice when its line feed comes later', () => {
    assert.equal(
      inspect([GREETING, ['client', 'ABOR\r'], ['client', '\nNOOP\r\n']]).toServer,
      'ABOR\r\nNOOP\r\n',
    )
  })
})
