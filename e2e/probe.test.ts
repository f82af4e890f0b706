import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  formatProbeAddressArgument,
  type ProbeAttempt,
  parsePasvReply,
  parseProbeAddress,
  parseProbeEcho,
  parseProbeLog,
  parseProbePasv,
  type Reply,
  reply,
} from '@portolan/protocol'
import { dial, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'
import { client, logIn, startImpatient } from './support/impatient.ts'
import { freePorts } from './support/ports.ts'
import { begin, get, put } from './support/transfers.ts'
import { until } from './support/within.ts'

const TLS = { tls: { selfSigned: true } }

/** Asks, and answers what a client's reader makes of it. */
async function ask(dialogue: Dialogue, line: string, code: number): Promise<Reply> {
  const { lines } = await dialogue.ask(line, code)
  const [first = '', ...more] = lines
  return reply(code, first, ...more)
}

async function log(dialogue: Dialogue): Promise<readonly ProbeAttempt[]> {
  const { attempts, rewritten } = parseProbeLog(await ask(dialogue, 'SITE PROBE LOG', 211))
  assert.deepEqual(rewritten, [])
  return attempts
}

async function newest(dialogue: Dialogue): Promise<ProbeAttempt> {
  const attempt = (await log(dialogue)).at(-1)
  assert.ok(attempt, 'the log is empty')
  return attempt
}

/** Resolves once a client has come to its port, or the port was given up. */
const settled = (server: Embedded) =>
  until(async () => {
    const { passive: ports } = await server.server.figures()
    return ports.reserved === 0 || `${ports.reserved} ports are reserved`
  })

describe('SITE PROBE', { concurrency: 4 }, () => {
  it('stands in FEAT, needs a login, and can be forbidden; with PASV, its PASV is', async () => {
    await using server = await startEmbedded({
      settings: {
        userClasses: [
          { name: 'guests', users: 'guest' },
          { name: 'friends', users: 'friend' },
        ],
        commands: {
          forbidden: [
            { userClass: 'guests', commands: ['SITE PROBE'] },
            { userClass: 'friends', commands: ['PASV'] },
          ],
        },
      },
    })
    await using stranger = await Dialogue.begin(server.at())
    await stranger.ask('FEAT', 211, /^ SITE PROBE$/m)
    for (const line of ['ADDR', 'ECHO x', 'PASV', 'LOG', '']) await stranger.ask(`SITE PROBE ${line}`, 530)
    await using guest = await logIn(server, client(0), 'guest')
    await guest.ask('SITE PROBE ADDR', 502, /^SITE PROBE is not allowed/)
    await using friend = await logIn(server, client(0), 'friend')
    await friend.ask('SITE PROBE ADDR', 200)
    await friend.ask('SITE PROBE PASV', 502, /^PASV is not allowed/)
  })

  it('answers thirty times a minute and then says how long to wait; all else goes on', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    for (let count = 0; count < 28; count += 1) await dialogue.ask('SITE PROBE ADDR', 200)
    await dialogue.ask('SITE PROBE ECHO x', 200)
    await dialogue.ask('SITE PROBE FROBNICATE', 500)
    for (const line of ['ADDR', 'PASV', 'LOG']) {
      const { text } = await dialogue.ask(`SITE PROBE ${line}`, 450)
      const seconds = Number(/Try again in (\d+) seconds/.exec(text)?.[1])
      assert.ok(seconds > 0 && seconds <= 60, text)
    }
    assert.equal((await server.server.figures()).passive.reserved, 0, 'a refused PASV reserves nothing')
    await dialogue.ask('SITE IDLE', 200)
    await get(dialogue, 'NLST')
    await using other = await logIn(server, client(0))
    await other.ask('SITE PROBE ADDR', 200)
    await dialogue.ask('REIN', 220)
    await dialogue.logIn('bob', PASSWORD)
    await dialogue.ask('SITE PROBE ADDR', 450)
  })
})

describe('SITE PROBE ADDR', { concurrency: 4 }, () => {
  it('tells both ends of the control connection, and whether they are those the client knows', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    const { seen, local, rewritten, ...more } = parseProbeAddress(await ask(dialogue, 'SITE PROBE ADDR', 200))
    assert.equal(seen.address, client(0))
    assert.deepEqual(local, { address: '127.0.0.1', port: server.at().port })
    assert.deepEqual([rewritten, more], [[], {}])
    const cases = [
      [seen, 'none'],
      [{ ...seen, port: seen.port - 1 }, 'port'],
      [{ ...seen, address: '10.0.0.1' }, 'address'],
      [{ address: '2001:db8::1', port: 1 }, 'both'],
    ] as const
    for (const [claimed, nat] of cases) {
      const answer = await ask(dialogue, `SITE PROBE ADDR ${formatProbeAddressArgument(claimed)}`, 200)
      assert.equal(parseProbeAddress(answer).nat, nat)
    }
  })

  it('tells the load balancer and what the client dialled, where PROXY protocol hides them', async () => {
    await using server = await startEmbedded({
      settings: { listeners: [{ host: '127.0.0.1', port: 0, proxyProtocol: ['127.0.0.0/8'] }] },
    })
    await using dialogue = await Dialogue.open({ ...server.at(), from: client(1) })
    dialogue.write('PROXY TCP4 192.0.2.9 203.0.113.5 50123 2121\r\n')
    await dialogue.expect(220)
    await dialogue.logIn('alice', PASSWORD)
    const view = parseProbeAddress(await ask(dialogue, 'SITE PROBE ADDR', 200))
    assert.deepEqual(view.seen, { address: '192.0.2.9', port: 50123 })
    assert.deepEqual(view.local, { address: '127.0.0.1', port: server.at().port })
    assert.equal(view.peer?.address, client(1))
    assert.deepEqual(view.dialled, { address: '203.0.113.5', port: 2121 })
  })

  it('works over IPv6, where PASV cannot', async () => {
    await using server = await startEmbedded({ settings: { listeners: [{ host: '::1', port: 0 }] } })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.logIn('alice', PASSWORD)
    const { seen, local } = parseProbeAddress(await ask(dialogue, 'SITE PROBE ADDR', 200))
    assert.deepEqual([seen.address, local], ['::1', { address: '::1', port: server.at().port }])
    await dialogue.ask('SITE PROBE PASV', 425, /EPSV/)
  })
})

describe('SITE PROBE ECHO', () => {
  const cases: [what: string, line: string, understood?: string][] = [
    ['what a middlebox would rewrite', 'SITE PROBE ECHO PORT 10,0,0,5,200,13'],
    ['its own verb, however it is written', 'siTE pRobe eCHo  x '],
    ['bytes that are no UTF-8, tabs and escapes', 'SITE PROBE ECHO \xe4\xf6\x80\t\x1b[0m\x7f\x01'],
    ['UTF-8', 'SITE PROBE ECHO \xc3\xa4\xe2\x82\xac'],
    ['a CR that ends no line', 'SITE PROBE ECHO a\rb'],
    ['0xFF, which telnet doubles', 'SITE PROBE ECHO a\xff\xffb', 'SITE PROBE ECHO a\xffb'],
    ['what is left without a telnet sequence', 'SITE PROBE ECHO a\xff\xf1b', 'SITE PROBE ECHO ab'],
    ['as much as a reply can hold', `SITE PROBE ECHO ${'x'.repeat(4080)}`],
  ]
  it('tells each byte of the line that came', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    for (const [what, line, understood = line] of cases) {
      dialogue.write(`${line}\r\n`)
      const { text } = await dialogue.expect(200)
      assert.equal(parseProbeEcho(reply(200, text)).toString('latin1'), understood, what)
    }
    dialogue.write('SITE PROBE ECHO a\0b\r\n')
    await dialogue.expect(501, /NUL/)
    await dialogue.ask(`SITE PROBE ECHO ${'x'.repeat(4081)}`, 501, /4096/)
  })

  it('tells of each of several lines in one packet, in order', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    dialogue.write('SITE PROBE ECHO 1\r\nNOOP\r\nSITE PROBE ECHO 2\n')
    for (const number of ['1', undefined, '2']) {
      const { text } = await dialogue.expect(200)
      if (number) assert.equal(parseProbeEcho(reply(200, text)).toString(), `SITE PROBE ECHO ${number}`)
    }
  })
})

describe('SITE PROBE PASV', { concurrency: 4 }, () => {
  for (const version of [undefined, 'TLSv1.2', 'TLSv1.3'] as const) {
    it(`tells in hex the very 227 that follows, and keeps that port, ${version ?? 'in the clear'}`, async () => {
      await using server = await startEmbedded({ settings: TLS })
      await using dialogue = await Dialogue.begin(server.at())
      if (version) await dialogue.secure(version)
      await dialogue.logIn('alice', PASSWORD)
      await dialogue.ask('TYPE I', 200)
      await writeFile(join(server.home('alice'), 'a.txt'), 'hello')
      const answer = await ask(dialogue, 'SITE PROBE PASV', 227)
      assert.equal(answer.lines.length, 2)
      const { sent, received } = parseProbePasv(answer)
      assert.equal(sent, received)
      assert.match(sent, /^227 Entering Passive Mode \(127,0,0,1,\d+,\d+\)\.$/)
      const { address: host, port } = parsePasvReply(sent)
      await using link = await dial({ host, port }, dialogue.from)
      await dialogue.ask('RETR a.txt', 150)
      if (dialogue.sessions) await link.secure(dialogue.sessions)
      assert.equal((await link.readAll()).toString(), 'hello')
      await dialogue.expect(226)
      await dialogue.quit()
    })
  }

  it('tells the address that PASV tells, in the words of the administrator', async () => {
    await using server = await startEmbedded({
      settings: {
        passive: { addressRules: [{ address: '203.0.113.5' }] },
        messages: { replies: { 'data.passive': 'Be kind.\n=> {text}' } },
      },
    })
    await using dialogue = await logIn(server, client(0))
    const answer = await ask(dialogue, 'SITE PROBE PASV', 227)
    const { sent, received } = parseProbePasv(answer)
    assert.equal(sent, received)
    assert.match(sent, /^227 => Entering Passive Mode \(203,0,113,5,/)
    assert.match(answer.lines[1] ?? '', /Be kind\./)
    await dialogue.quit()
  })

  it('leaves the replies to lines that came with it where they belong', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    dialogue.write('PWD\r\nSITE PROBE PASV\r\nNOOP\r\nSITE PROBE PASV\r\nSITE PROBE LOG\r\n')
    for (const code of [257, 227, 200, 227, 211]) await dialogue.expect(code)
    await dialogue.quit()
  })
})

describe('SITE PROBE LOG', { concurrency: 4 }, () => {
  it('says that nobody came, with and without a transfer command', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    const { port } = await passive(dialogue, 'PASV')
    const before = await newest(dialogue)
    assert.deepEqual(
      [before.outcome, before.text, before.endpoint],
      ['waiting', 'nobody came so far', { address: '127.0.0.1', port }],
    )
    await settled(server)
    const idle = await newest(dialogue)
    assert.deepEqual(
      [idle.outcome, idle.code, idle.transfer],
      ['nobody-came', 'CHANNEL_ACCEPT_TIMEOUT', undefined],
    )
    await passive(dialogue, 'EPSV')
    await dialogue.ask('NLST', 425)
    const asked = await newest(dialogue)
    assert.deepEqual(
      [asked.number, asked.command, asked.outcome, asked.transfer, asked.remote],
      [2, 'EPSV', 'nobody-came', 'NLST', undefined],
    )
    assert.match(asked.text, /^nobody came to port \d+ within 1 seconds/)
  })

  it('says from where the client came, before any transfer and although none came', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    await using link = await dial(await passive(dialogue, 'PASV'), dialogue.from)
    await settled(server)
    const remote = { address: client(0), port: link.raw.localPort }
    const early = await newest(dialogue)
    assert.deepEqual([early.outcome, early.remote], ['arrived', remote])
    assert.match(early.text, /^arrived from 127\.0\.0\.2:\d+ after \d+ ms; no transfer has used it$/)
    await passive(dialogue)
    await passive(dialogue)
    const outcomes = (await log(dialogue)).map(({ outcome }) => outcome)
    assert.deepEqual(outcomes, ['arrived', 'dropped', 'waiting'])
  })

  it('says how transfers ended, in the clear and under TLS', async () => {
    await using server = await startEmbedded({ settings: TLS })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.secure('TLSv1.3')
    await dialogue.logIn('alice', PASSWORD)
    await dialogue.ask('TYPE I', 200)
    await put(dialogue, 'STOR a.txt', 'hello', 'PASV')
    await get(dialogue, 'RETR a.txt', 'EPRT')
    await dialogue.ask('PROT C', 200)
    dialogue.protect = false
    await get(dialogue, 'RETR a.txt', 'PORT')
    const attempts = await log(dialogue)
    assert.deepEqual(
      attempts.map(({ command, outcome, transfer, bytes, tls }) => [command, outcome, transfer, bytes, tls]),
      [
        ['PASV', 'clean', 'STOR', 5, { protocol: 'TLSv1.3', reused: true }],
        ['EPRT', 'clean', 'RETR', 5, { protocol: 'TLSv1.3', reused: true }],
        ['PORT', 'clean', 'RETR', 5, undefined],
      ],
    )
    const [, active] = attempts
    assert.deepEqual(active?.remote, active?.endpoint)
    assert.match(active?.text ?? '', /^dialled 127\.0\.0\.1:\d+ after \d+ ms; RETR ended clean, 5 bytes$/)
  })

  it('says what broke a transfer', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    await using link = await begin(dialogue, 'STOR a.txt')
    await link.write('half')
    link.reset()
    await dialogue.expect(426)
    const broken = await newest(dialogue)
    assert.deepEqual([broken.outcome, broken.code], ['broken', 'reset'])
    assert.match(broken.text, /STOR: Transfer broken after \d+ bytes/)
  })

  it('says that a TLS handshake failed, and from where it was tried', async () => {
    await using server = await startImpatient({}, { settings: TLS })
    await using dialogue = await Dialogue.begin(server.at())
    await dialogue.secure('TLSv1.3')
    await dialogue.logIn('alice', PASSWORD)
    await using link = await dial(await passive(dialogue), dialogue.from)
    await dialogue.ask('NLST', 150)
    await link.write('this is no TLS record\r\n')
    await dialogue.expect(425)
    const failed = await newest(dialogue)
    assert.deepEqual(
      [failed.outcome, failed.code, failed.transfer, failed.remote?.port],
      ['tls-failed', 'CHANNEL_TLS_HANDSHAKE', 'NLST', link.raw.localPort],
    )
  })

  it('says what the server understood of a PORT that it refused, and that it did not dial it', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    await dialogue.ask('PORT 192,0,2,77,200,13', 500)
    const refused = await newest(dialogue)
    assert.deepEqual(
      [refused.command, refused.outcome, refused.code, refused.endpoint, refused.remote],
      ['PORT', 'refused', 'CHANNEL_BOUNCE', { address: '192.0.2.77', port: 51213 }, undefined],
    )
    // What was agreed on before stays as it is, and what becomes of it is not noted at the refused one.
    await using link = await dial(await passive(dialogue), dialogue.from)
    await dialogue.ask('EPRT |1|192.0.2.77|51213|', 500)
    await dialogue.ask('NLST', 150)
    await link.readAll()
    await dialogue.expect(226)
    assert.deepEqual(
      (await log(dialogue)).map(({ command, outcome }) => [command, outcome]),
      [
        ['PORT', 'refused'],
        ['EPSV', 'clean'],
        ['EPRT', 'refused'],
      ],
    )
  })

  it('says that the port of the client refused the server', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    const { basePort } = await freePorts(1)
    await dialogue.ask(`PORT 127,0,0,2,${basePort >> 8},${basePort & 255}`, 200)
    assert.deepEqual((await newest(dialogue)).text, 'not dialled so far')
    await dialogue.ask('NLST', 425)
    const failed = await newest(dialogue)
    assert.deepEqual(
      [failed.outcome, failed.code, failed.endpoint],
      ['dial-failed', 'CHANNEL_DIAL', { address: client(0), port: basePort }],
    )
    assert.match(failed.text, /^nothing listens at 127\.0\.0\.2:/)
  })

  it('names a stranger that came instead of the client, while it is waited for and afterwards', async () => {
    await using server = await startImpatient()
    await using dialogue = await logIn(server, client(0))
    const offer = await passive(dialogue)
    // It is reset, which may be seen before the connection is.
    await dial(offer, client(7)).then(
      link => link.drain(),
      () => {},
    )
    const waiting = await newest(dialogue)
    assert.deepEqual([waiting.outcome, waiting.strangers], ['waiting', [client(7)]])
    await settled(server)
    const over = await newest(dialogue)
    assert.deepEqual([over.outcome, over.strangers], ['nobody-came', [client(7)]])
    assert.match(over.text, /stranger from 127\.0\.0\.9 refused$/)
  })

  it('keeps the last eight of a session, and nothing of another user or session', async () => {
    await using server = await startEmbedded()
    await using dialogue = await logIn(server, client(0))
    for (let count = 0; count < 10; count += 1) await passive(dialogue)
    assert.deepEqual(
      (await log(dialogue)).map(({ number }) => number),
      [3, 4, 5, 6, 7, 8, 9, 10],
    )
    await using other = await logIn(server, client(0))
    assert.deepEqual(await log(other), [])
    await dialogue.ask('REIN', 220)
    await dialogue.logIn('bob', PASSWORD)
    assert.deepEqual(await log(dialogue), [])
  })
})
