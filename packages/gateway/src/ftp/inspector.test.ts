import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect, type Said } from './testing-inspection.ts'

const GREETING: Said = ['server', '220 Ready.\r\n']
const LOGIN: readonly Said[] = [
  GREETING,
  ['client', 'USER alice\r\n'],
  ['server', '331 Password.\r\n'],
  ['client', 'PASS secret\r\n'],
  ['server', '230 Welcome.\r\n'],
]
const PASV: readonly Said[] = [
  ['client', 'PASV\r\n'],
  ['server', '227 Entering Passive Mode (10,0,0,9,195,80).\r\n'],
]
const REFUSAL =
  '502 PORT does not work here: connections only go outwards. Use passive mode (EPSV or PASV).\r\n'
const EXPECT_PASV = { type: 'expect', address: '10.0.0.9', port: 50_000, by: 'PASV', seconds: 60 }
const EXPECT_EPSV = { ...EXPECT_PASV, by: 'EPSV' }

const expected = (said: readonly Said[]) => inspect(said).notes.filter(({ type }) => type === 'expect')
const warnings = (said: readonly Said[], server?: string) =>
  inspect(said, server === undefined ? {} : { server }).notes.flatMap(note =>
    note.type === 'warning' ? [note.status.code] : [],
  )
const sides = (said: readonly Said[], side: 'client' | 'server') =>
  said.map(one => (one[0] === side ? one[1] : '')).join('')

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

describe('passive ports', () => {
  const replies: readonly (readonly [string, string, object | undefined])[] = [
    ['PASV', '227 Entering Passive Mode (10,0,0,9,195,80).', EXPECT_PASV],
    ['PASV', '227 =10,0,0,9,195,80', EXPECT_PASV],
    ['pasv', '227 Entering Passive Mode 10,0,0,9,195,80', EXPECT_PASV],
    ['PASV', '227-Listen\r\n227 (10,0,0,9,195,80)', EXPECT_PASV],
    ['PASV', '227-(10,0,0,9,195,80)\r\n227 Go', EXPECT_PASV],
    ['CPSV', '227 Entering Passive Mode (10,0,0,9,195,80).', EXPECT_PASV],
    ['EPSV', '229 Entering Extended Passive Mode (|||50000|)', EXPECT_EPSV],
    ['EPSV 1', '229 Entering Extended Passive Mode (!!!50000!)', EXPECT_EPSV],
    ['EPSV', '229 Ok (|1|192.0.2.1|50000|)', EXPECT_EPSV],
    ['EPSV ALL', '200 Only EPSV from now on.', undefined],
    ['PASV', '227 Entering Passive Mode.', undefined],
    ['PASV', '227 (10,0,0,9,0,0)', undefined],
    ['EPSV', '229 (|||0|)', undefined],
    ['EPSV', '229 (|||65536|)', undefined],
    ['EPSV', '522 Use (2)', undefined],
    ['NOOP', '227 Entering Passive Mode (10,0,0,9,195,80).', undefined],
    ['PASV', '229 Entering Extended Passive Mode (|||50000|)', undefined],
    ['EPSV', '227 Entering Passive Mode (10,0,0,9,195,80).', undefined],
  ]
  for (const [command, reply, note] of replies) {
    it(`${command} answered ${JSON.stringify(reply)} opens ${note ? 'that port' : 'nothing'}`, () => {
      const said: readonly Said[] = [...LOGIN, ['client', `${command}\r\n`], ['server', `${reply}\r\n`]]
      assert.deepEqual(expected(said), note ? [note] : [])
      assert.ok(inspect(said).toClient.endsWith(`${reply}\r\n`))
    })
  }

  it('the edge knows of the port before the client does', () => {
    const { order } = inspect([
      ['server', '220 R\r\n'],
      ['client', 'EPSV\r\n'],
      ['server', '229 (|||50000|)\r\n'],
    ])
    assert.deepEqual(order, ['to-client', 'to-server', 'expect', 'to-client'])
  })

  it('a port that nobody asked for is not opened', () => {
    assert.deepEqual(expected([['server', '220 R\r\n227 (10,0,0,9,195,80)\r\n229 (|||50000|)\r\n']]), [])
  })

  it('each of several requests opens its own port, also when they are sent ahead of a transfer', () => {
    const said: readonly Said[] = [
      ...LOGIN,
      ['client', 'EPSV\r\nRETR a\r\nEPSV\r\n'],
      ['server', '229 (|||50000|)\r\n150 Go\r\n226 Done\r\n229 (|||50001|)\r\n'],
    ]
    assert.deepEqual(expected(said), [EXPECT_EPSV, { ...EXPECT_EPSV, port: 50_001 }])
  })

  it('a server that names another address is told to the client by its own', () => {
    const said: readonly Said[] = [
      ...LOGIN,
      ['client', 'PASV\r\n'],
      ['server', '227-Hello\r\n227 Entering Passive Mode (203,0,113,7,195,80).\r\n'],
    ]
    const { toClient } = inspect(said)
    assert.ok(toClient.endsWith('230 Welcome.\r\n227 Entering Passive Mode (10,0,0,9,195,80).\r\n'))
    assert.deepEqual(expected(said), [EXPECT_PASV])
    assert.deepEqual(warnings(said), ['CON_FTP_FOREIGN_ADDRESS'])
  })

  it('a server that is reached over IPv6 and names an IPv4 address opens nothing', () => {
    const said: readonly Said[] = [...LOGIN, ...PASV]
    const { toClient, notes } = inspect(said, { server: '2001:db8::9' })
    assert.equal(toClient, sides(said, 'server'))
    assert.deepEqual(
      notes.filter(({ type }) => type === 'expect'),
      [],
    )
    assert.deepEqual(warnings(said, '2001:db8::9'), ['CON_FTP_FOREIGN_ADDRESS'])
  })

  it('an IPv4 address in the form of IPv6 is the same server', () => {
    assert.deepEqual(warnings([...LOGIN, ...PASV], '::ffff:10.0.0.9'), [])
  })
})

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

describe('the timeline', () => {
  const notes = (said: readonly Said[]) => inspect(said).notes.filter(({ type }) => type === 'ftp')

  it('has commands with their final replies', () => {
    assert.deepEqual(
      notes([...LOGIN, ...PASV, ['client', 'STOR a\r\n'], ['server', '150 Go\r\n226-Well\r\n226 Done\r\n']]),
      [
        { type: 'ftp', verb: 'USER', argument: 'alice', reply: 331, text: 'Password.' },
        { type: 'ftp', verb: 'PASS', argument: '', reply: 230, text: 'Welcome.' },
        { type: 'ftp', verb: 'STOR', argument: 'a', reply: 226, text: 'Done' },
      ],
    )
  })

  it('gives a NOOP that is answered during a transfer to the NOOP', () => {
    const said: readonly Said[] = [
      GREETING,
      ['client', 'STOR a\r\nNOOP\r\n'],
      ['server', '150 Go\r\n200 OK\r\n226 Done\r\n'],
    ]
    assert.deepEqual(notes(said), [{ type: 'ftp', verb: 'STOR', argument: 'a', reply: 226, text: 'Done' }])
  })

  it('says which commands got no reply', () => {
    const [note] = notes([GREETING, ['client', 'STOR a\r\n'], ['server', '150 Go\r\n'], ['server-end']])
    assert.deepEqual(note, {
      type: 'ftp',
      verb: 'STOR',
      argument: 'a',
      text: 'The connection ended before the reply.',
    })
  })

  it('never has what is secret', () => {
    const secrets = ['PASS hunter2', 'ACCT hunter2', ' pass hunter2', 'SITE PSWD old hunter2', 'PASShunter2']
    for (const line of secrets) {
      const said: readonly Said[] = [GREETING, ['client', `${line}\r\n`], ['server', '230 OK\r\n']]
      assert.doesNotMatch(JSON.stringify(inspect(said).notes), /hunter2/, line)
    }
  })

  it('is bounded, and fits into a NOTE whatever the bytes are', () => {
    for (const letter of ['x', '\x01', '\xff\xff', '\xe4', '"']) {
      const argument = letter.repeat(4_000 / letter.length)
      const { notes: all } = inspect([
        GREETING,
        ['client', `STOR ${argument}\r\n`],
        ['server', `550 ${argument}\r\n`],
        ['client', `PORT ${argument}\r\n`],
      ])
      assert.equal(all.length, 2)
      for (const note of all) assert.ok(Buffer.byteLength(JSON.stringify(note)) < 8_192)
    }
  })
})
