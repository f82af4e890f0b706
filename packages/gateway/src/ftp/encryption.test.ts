import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GREETING, inspect, type Said, sides, warnings } from './testing-inspection.ts'

const REFUSAL =
  '502 PORT does not work here: connections only go outwards. Use passive mode (EPSV or PASV).\r\n'

describe('encryption', () => {
  for (const [auth, reply] of [
    ['AUTH TLS', '234 Go ahead.'],
    ['auth ssl', '234 Go ahead.'],
    [' AUTH TLS-C', '234-Go\r\n234 ahead.'],
  ] as const) {
    it(`after ${JSON.stringify(auth)} is answered 234, everything passes`, () => {
      const hello = '\x16\x03\x01\x00\x00PORT 1\r\n\x00'
      const answer = '\x16\x03\x03227 (1,2,3,4,5,6)\n\x00'
      const { toServer, toClient, notes } = inspect([
        GREETING,
        ['client', `${auth}\r\n`],
        ['server', `${reply}\r\n`],
        ['client', hello],
        ['server', answer],
        ['client-end'],
        ['server-end'],
      ])
      assert.equal(toServer, `${auth}\r\n${hello}`)
      assert.equal(toClient, `220 Ready.\r\n${reply}\r\n${answer}`)
      assert.deepEqual(
        notes.map(note => (note.type === 'warning' ? note.status.code : note.type)),
        ['ftp', 'CON_FTP_ENCRYPTED'],
      )
    })
  }

  it('a client that begins TLS without waiting for the reply gets through', () => {
    const hello = '\x16\x03\x01\x00\nPORT 1\r\n\x00'
    const { toServer, failed } = inspect([
      GREETING,
      ['client', `AUTH TLS\r\n${hello}`],
      ['client', hello],
      ['server', '234 Go ahead.\r\n'],
    ])
    assert.equal(failed, undefined)
    assert.equal(toServer, `AUTH TLS\r\n${hello}${hello}`)
  })

  it('a refused AUTH leaves the reading on, for what was sent behind it too', () => {
    const said: readonly Said[] = [
      GREETING,
      ['client', 'AUTH TLS\r\nPORT 1\r\nNOOP\r\n'],
      ['server', '502 No TLS.\r\n'],
      ['server', '200 OK\r\n'],
    ]
    const { toServer, toClient } = inspect(said)
    assert.equal(toServer, 'AUTH TLS\r\nNOOP\r\n')
    assert.equal(toClient, `220 Ready.\r\n502 No TLS.\r\n${REFUSAL}200 OK\r\n`)
  })

  it('234 to another command does not blind', () => {
    const { toServer } = inspect([
      GREETING,
      ['client', 'NOOP\r\n'],
      ['server', '234 x\r\n'],
      ['client', 'PORT 1\r\n'],
    ])
    assert.equal(toServer, 'NOOP\r\n')
  })

  it('a security exchange that wraps commands blinds, too', () => {
    const said: readonly Said[] = [
      GREETING,
      ['client', 'AUTH GSSAPI\r\n'],
      ['server', '334 Go on.\r\n'],
      ['client', 'ADAT abc\r\n'],
      ['server', '235 ADAT=def\r\n'],
      ['client', 'ENC \x00\r\n'],
    ]
    assert.deepEqual(warnings(said), ['CON_FTP_ENCRYPTED'])
    assert.equal(inspect(said).toServer, sides(said, 'client'))
  })

  /** A ClientHello that holds a text. */
  const hello = (text: string) => {
    const rest = Buffer.from(`\x01\x00\x00${String.fromCharCode(text.length)}${text}`, 'latin1')
    return `\x16\x03\x01\x00${String.fromCharCode(rest.length)}${rest.toString('latin1')}`
  }

  it('implicit TLS is seen when both sides begin with it', () => {
    const said: readonly Said[] = [
      ['client', `${hello('\n\r\n\0')}`],
      ['server', '\x16\x03\x03\0\n227 (1,2,3,4,5,6)\n'],
      ['client', 'PORT 1\r\n\0'],
      ['client-end'],
      ['server-end'],
    ]
    const { toServer, toClient, ends } = inspect(said)
    assert.deepEqual([toServer, toClient], [sides(said, 'client'), sides(said, 'server')])
    assert.deepEqual(warnings(said), ['CON_FTP_ENCRYPTED'])
    assert.deepEqual(ends, ['end-server', 'end-client'])
  })

  it('what follows a ClientHello waits until the server has answered in TLS', () => {
    const begin: readonly Said[] = [['client', `${hello('x')}early`], ['client-end']]
    assert.equal(inspect(begin).toServer, hello('x'))
    assert.deepEqual(inspect(begin).ends, [])
    assert.equal(inspect([...begin, ['server', '\x15\x03']]).toServer, `${hello('x')}early`)
    assert.equal(inspect([...begin, ['server-end']]).toServer, hello('x'))
  })

  it('a client that only pretends to speak TLS is not left unread', () => {
    const port = '\nUSER a\r\nPASS b\r\nPORT 10,1,1,5,200,10\r\nLIST\r\n'
    const crafted = hello('x') + port
    for (const said of [
      [['client', `\x16${port}`]],
      [['client', `\x16\x03\x01\x00\x80${port}`]],
      [
        ['client', crafted],
        ['server', '220 Ready.\r\n'],
      ],
      [
        ['server', '220 Ready.\r\n'],
        ['client', crafted],
      ],
    ] satisfies readonly (readonly Said[])[]) {
      const { toServer, failed } = inspect(said)
      assert.equal(failed, 'CON_FTP_PROTOCOL')
      assert.ok(toServer === '' || toServer === hello('x'), JSON.stringify(toServer))
    }
  })
})
