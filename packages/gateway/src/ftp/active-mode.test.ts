import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GREETING, inspect, LOGIN, PASV, type Said, sides, warnings } from './testing-inspection.ts'

const REFUSAL =
  '502 PORT does not work here: connections only go outwards. Use passive mode (EPSV or PASV).\r\n'
const EXPECT_PASV = { type: 'expect', address: '10.0.0.9', port: 50_000, by: 'PASV', seconds: 60 }

describe('active mode', () => {
  const written = [
    'PORT 10,1,1,5,200,10',
    'port 10,1,1,5,200,10',
    'PoRt',
    ' PORT 10,1,1,5,200,10',
    '\tPORT\t10,1,1,5,200,10',
    'PORT10,1,1,5,200,10',
    '"PORT" 10,1,1,5,200,10',
    '\\PORT 10,1,1,5,200,10',
    'PO\xff\xf1RT 10,1,1,5,200,10',
    '\xff\xf4\xff\xf2PORT 10,1,1,5,200,10',
    '\xf2PORT 10,1,1,5,200,10',
    '\xff\xfb\x18PORT 10,1,1,5,200,10',
    '\xff\xfbPORT 10,1,1,5,200,10',
    '\xff\xfaPORT 10,1,1,5,200,10',
    '\xffPO\xffRT 10,1,1,5,200,10',
  ]
  for (const line of written) {
    it(`${JSON.stringify(line)} never reaches the server, and is answered 502`, () => {
      const said: readonly Said[] = [...LOGIN, ['client', `${line}\r\n`]]
      const { toServer, toClient } = inspect(said)
      assert.equal(toServer, sides(LOGIN, 'client'))
      assert.equal(toClient, sides(LOGIN, 'server') + REFUSAL)
      assert.deepEqual(warnings(said), ['CON_FTP_ACTIVE_REFUSED'])
    })
  }

  for (const [line, verb] of [
    ['EPRT |1|10.1.1.5|5282|', 'EPRT'],
    ['LPRT 4,4,10,1,1,5,2,200,10', 'LPRT'],
  ] as const) {
    it(`${verb} is refused like PORT`, () => {
      const { toServer, toClient, notes } = inspect([GREETING, ['client', `${line}\r\n`]])
      assert.equal(toServer, '')
      assert.match(toClient, new RegExp(`502 ${verb} does not work here`))
      const [note] = notes
      assert.ok(note?.type === 'warning' && note.status.text.endsWith(`The client sent ${line}.`))
    })
  }

  const turns: readonly (readonly [string, readonly Said[], string])[] = [
    [
      'before the greeting',
      [
        ['client', 'PORT 1\r\n'],
        ['server', '220 R\r\n'],
      ],
      `220 R\r\n${REFUSAL}`,
    ],
    [
      'behind commands that were sent before',
      [
        GREETING,
        ['client', 'NOOP\r\nTYPE I\r\nPORT 1\r\nSYST\r\n'],
        ['server', '200 1\r\n200 2\r\n215 3\r\n'],
      ],
      `220 Ready.\r\n200 1\r\n200 2\r\n${REFUSAL}215 3\r\n`,
    ],
    [
      'twice in a row',
      [GREETING, ['client', 'NOOP\r\nPORT 1\r\nPORT 2\r\n'], ['server', '200 1\r\n']],
      `220 Ready.\r\n200 1\r\n${REFUSAL}${REFUSAL}`,
    ],
    [
      'during a transfer: after its final reply',
      [
        ...LOGIN,
        ['client', 'RETR a\r\n'],
        ['server', '150 Go\r\n'],
        ['client', 'PORT 1\r\n'],
        ['server', '226-Nearly\r\n'],
        ['server', '226 Done\r\n'],
      ],
      `${sides(LOGIN, 'server')}150 Go\r\n226-Nearly\r\n226 Done\r\n${REFUSAL}`,
    ],
    [
      'during a transfer with a NOOP that is answered out of turn',
      [
        ...LOGIN,
        ['client', 'RETR a\r\nNOOP\r\nPORT 1\r\n'],
        ['server', '150 Go\r\n200 Still here\r\n'],
        ['server', '226 Done\r\n'],
      ],
      `${sides(LOGIN, 'server')}150 Go\r\n200 Still here\r\n226 Done\r\n${REFUSAL}`,
    ],
    [
      'behind ABOR with two replies',
      [
        ...LOGIN,
        ['client', 'RETR a\r\n'],
        ['server', '150 Go\r\n'],
        ['client', 'ABOR\r\nPORT 1\r\n'],
        ['server', '426 Cut\r\n'],
        ['server', '226 Aborted\r\n'],
      ],
      `${sides(LOGIN, 'server')}150 Go\r\n426 Cut\r\n226 Aborted\r\n${REFUSAL}`,
    ],
    [
      'behind ABOR that shared a reply with its transfer',
      [
        ...LOGIN,
        ['client', 'RETR a\r\n'],
        ['server', '150 Go\r\n'],
        ['client', 'ABOR\r\n'],
        ['server', '226 Aborted\r\n'],
        ['client', 'TYPE I\r\nPORT 1\r\n'],
        ['server', '200 Type\r\n'],
      ],
      `${sides(LOGIN, 'server')}150 Go\r\n226 Aborted\r\n200 Type\r\n${REFUSAL}`,
    ],
    [
      'behind an empty line that the server passed over',
      [GREETING, ['client', '\r\nTYPE I\r\nPORT 1\r\n'], ['server', '200 Type\r\n']],
      `220 Ready.\r\n200 Type\r\n${REFUSAL}`,
    ],
    [
      'as the last word, without a line end',
      [GREETING, ['client', 'PORT 1'], ['client-end']],
      `220 Ready.\r\n${REFUSAL}`,
    ],
    [
      'to a server that has ended: not at all',
      [GREETING, ['server-end'], ['client', 'PORT 1\r\n']],
      '220 Ready.\r\n',
    ],
  ]
  for (const [name, said, toClient] of turns) {
    it(`the 502 comes in its turn: ${name}`, () => assert.equal(inspect(said).toClient, toClient))
  }

  it('PORT beside PASV fails alone: the passive agreement stands, in either order', () => {
    const port: readonly Said[] = [['client', 'PORT 10,1,1,5,200,10\r\n']]
    const retrieve: readonly Said[] = [
      ['client', 'RETR a\r\n'],
      ['server', '150 Go\r\n226 Done\r\n'],
    ]
    for (const agreeing of [
      [...PASV, ...port],
      [...port, ...PASV],
      [['client', 'PASV\r\nPORT 10,1,1,5,200,10\r\n'], PASV[1] ?? GREETING],
    ] satisfies readonly (readonly Said[])[]) {
      const { toServer, toClient, notes } = inspect([...LOGIN, ...agreeing, ...retrieve])
      assert.equal(toServer, 'USER alice\r\nPASS secret\r\nPASV\r\nRETR a\r\n')
      assert.ok(toClient.includes(REFUSAL))
      assert.ok(toClient.endsWith('150 Go\r\n226 Done\r\n'))
      assert.deepEqual(
        notes.filter(({ type }) => type === 'expect'),
        [EXPECT_PASV],
      )
    }
  })

  it('a transfer command without an agreement is for the server to refuse', () => {
    const { toServer, toClient } = inspect([
      ...LOGIN,
      ['client', 'PORT 10,1,1,5,200,10\r\nRETR a\r\n'],
      ['server', '425 Use PASV first.\r\n'],
    ])
    assert.ok(toServer.endsWith('RETR a\r\n'))
    assert.ok(toClient.endsWith(`${REFUSAL}425 Use PASV first.\r\n`))
  })
})
