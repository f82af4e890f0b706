import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { ConnectorNote } from '@portolan/gateway'
import { LAB_SERVERS } from '../lab/servers/kinds.ts'
import { type LabServer, startServer } from '../lab/servers/start.ts'
import { skipServer } from '../lab/servers/workshop.ts'
import { dial, passive } from '../support/data-way.ts'
import { Dialogue } from '../support/dialogue.ts'
import { findProgram, runProgram } from '../support/programs.ts'
import { makeScratch, type Scratch } from '../support/scratch.ts'
import { get, put } from '../support/transfers.ts'
import { type InspectedRelay, startInspectedRelay } from './inspected-relay.ts'

const CONTENT = randomBytes(300_000)
const missing = ['curl', 'lftp', 'python3'].find(name => findProgram(name) === undefined)
const noClient = missing !== undefined && `${missing} is not installed`

let scratch: Scratch
before(async () => {
  scratch = await makeScratch()
})
after(() => scratch[Symbol.asyncDispose]())

const expects = ({ notes }: Pick<InspectedRelay, 'notes'>) =>
  notes.flatMap(note => (note.type === 'expect' ? [note] : []))
const warnings = ({ notes }: Pick<InspectedRelay, 'notes'>) =>
  notes.flatMap(note => (note.type === 'warning' ? [note.status.code] : []))
const verbs = (notes: readonly ConnectorNote[]) =>
  notes.flatMap(note => (note.type === 'ftp' ? [note.verb] : []))

/** pyftpdlib answers 125 where the dialogues of these tests want 150; what differs is tested with it elsewhere. */
const SERVERS = LAB_SERVERS.filter(({ kind }) => kind !== 'pyftpdlib')

for (const { kind, label, can } of SERVERS) {
  const skip = await skipServer(kind)
  describe(`a control connection to ${label} that is read`, { skip }, () => {
    let server: LabServer
    before(async () => {
      server = await startServer(kind, can.tls ? { tls: 'explicit' } : {})
      await server.give('there.bin', CONTENT)
    })
    after(() => server.stop())

    async function session(relay: InspectedRelay): Promise<Dialogue> {
      const dialogue = await Dialogue.begin({ host: '127.0.0.1', port: relay.port })
      await dialogue.logIn(server.user, server.password)
      await dialogue.ask('TYPE I', 200)
      return dialogue
    }

    for (const way of ['EPSV', 'PASV'] as const) {
      it(`${way} moves files, and each port is expected before it is told`, async () => {
        await using relay = await startInspectedRelay(server)
        await using dialogue = await session(relay)
        await put(dialogue, 'STOR up.bin', CONTENT, way)
        assert.deepEqual(await get(dialogue, 'RETR up.bin', way), CONTENT)
        assert.deepEqual(
          expects(relay).map(({ by, address }) => [by, address]),
          [
            [way, server.host],
            [way, server.host],
          ],
        )
        assert.deepEqual(warnings(relay), [])
        assert.deepEqual(verbs(relay.notes), ['USER', 'PASS', 'STOR', 'RETR'])
        await dialogue.quit()
        assert.deepEqual(relay.failures, [])
      })
    }

    it('active mode is refused in its turn, and what was agreed on passively before stands', async () => {
      await using relay = await startInspectedRelay(server)
      await using dialogue = await session(relay)
      const where = await passive(dialogue, 'PASV')
      await dialogue.ask('PORT 127,0,0,1,200,10', 502, /passive/i)
      await dialogue.ask('EPRT |1|127.0.0.1|5282|', 502, /passive/i)
      const link = await dial(where, dialogue.from)
      await dialogue.ask('RETR there.bin', 150)
      assert.deepEqual(await link.readAll(), CONTENT)
      await dialogue.expect(226)
      assert.deepEqual(warnings(relay), ['CON_FTP_ACTIVE_REFUSED', 'CON_FTP_ACTIVE_REFUSED'])
      assert.doesNotMatch(relay.toServer(), /PORT|EPRT/)
      await dialogue.quit()
    })

    it('a transfer after nothing but active mode is refused by the server, too, and it dials nobody', async () => {
      await using relay = await startInspectedRelay(server)
      await using dialogue = await session(relay)
      await dialogue.ask('PORT 127,0,0,1,200,10', 502)
      const { code } = await dialogue.ask('RETR there.bin')
      // ProFTPD tries the default data port first, which is that of the control connection: nobody listens there.
      if (code === 150) await dialogue.expect(425)
      else assert.ok(code === 425 || code === 503, `${code}`)
      await dialogue.quit()
    })

    it('a 502 during a transfer waits for its end', async () => {
      await using relay = await startInspectedRelay(server)
      await using dialogue = await session(relay)
      const link = await dial(await passive(dialogue, 'EPSV'), dialogue.from)
      await dialogue.ask('STOR long.bin', 150)
      dialogue.line('PORT 127,0,0,1,200,10')
      await link.write(CONTENT)
      link.end()
      await dialogue.expect(226)
      await dialogue.expect(502)
      await dialogue.quit()
    })

    it('nothing that this server takes for PORT gets through', async () => {
      await using relay = await startInspectedRelay(server)
      const argument = '127,0,0,1,200,10'
      const lines = [
        '"PORT"',
        '\\PORT',
        ' PORT',
        '\tPORT',
        'PORT\t',
        'P\xff\xf1ORT',
        '\xff\xfbPORT',
        '\xff\xfaPORT',
        '\xf2PORT',
      ]
      for (const line of lines) {
        await using dialogue = await session(relay)
        dialogue.write(`${line} ${argument}\r\n`)
        await dialogue.expect(502, /connections only go outwards/)
        await dialogue.quit()
      }
    })

    it('a session without active mode is the same with and without it', async () => {
      const talk = async (port: number) => {
        await using dialogue = await Dialogue.begin({ host: '127.0.0.1', port })
        await dialogue.logIn(server.user, server.password)
        const said: string[] = []
        for (const line of ['SYST', 'PWD', 'TYPE A', 'NOOP', 'CWD /none', 'SIZE there.bin', 'XYZ', 'HELP']) {
          const { code, text } = await dialogue.ask(line)
          said.push(`${code} ${text}`)
        }
        await dialogue.quit()
        return said
      }
      await using relay = await startInspectedRelay(server)
      assert.deepEqual(await talk(relay.port), await talk(server.port))
    })

    // vsftpd does not read during a transfer, unless it is told to: async_abor_enable.
    const noAbort = kind === 'vsftpd' && 'vsftpd takes ABOR after the transfer'
    it('ABOR as urgent data ends a transfer, and the session goes on', {
      skip: noClient || noAbort,
    }, async () => {
      await using relay = await startInspectedRelay(server)
      // More than fits on the way, so that the transfer runs when ABOR comes.
      await server.give('endless.bin', Buffer.alloc(32 * 1024 * 1024))
      const { code, stderr, stdout } = await runProgram('python3', ['-c', ABORT], {
        env: { PORT: String(relay.port), NAME: server.user, WORD: server.password },
      })
      assert.equal(code, 0, stderr)
      assert.match(stdout, /done/)
      assert.deepEqual(relay.failures, [])
    })

    it('curl and lftp work, and are told why active mode does not', { skip: noClient }, async () => {
      await using relay = await startInspectedRelay(server)
      const url = `ftp://${server.user}:${server.password}@127.0.0.1:${relay.port}`
      const common = ['-q', '--silent', '--show-error', '--verbose', '--max-time', '10']
      for (const args of [[], ['--disable-epsv']]) {
        const file = join(scratch.path, `${kind}${args.length}.bin`)
        const done = await runProgram('curl', [...common, ...args, '-o', file, `${url}/there.bin`])
        assert.equal(done.code, 0, done.stderr)
        assert.ok((await readFile(file)).equals(CONTENT))
      }
      const active = await runProgram('curl', [...common, '-P', '-', '-o', '/dev/null', `${url}/there.bin`])
      assert.notEqual(active.code, 0)
      assert.match(active.stderr, /502 PORT does not work here: connections only go outwards/)
      const script = [
        ...['set net:max-retries 1', 'set net:timeout 5', 'set ftp:ssl-allow no', 'set cmd:fail-exit yes'],
        ...[`open -u ${server.user},${server.password} ftp://127.0.0.1:${relay.port}`, 'cat there.bin'],
      ]
      const lftp = await runProgram('lftp', ['--norc', '-c', script.join('; ')], {
        env: { HOME: scratch.path },
      })
      assert.equal(lftp.code, 0, lftp.stderr)
      assert.ok(expects(relay).length >= 3)
    })

    if (can.tls) {
      it('AUTH TLS blinds, and the session goes on', async () => {
        await using relay = await startInspectedRelay(server)
        await using dialogue = await Dialogue.begin({ host: '127.0.0.1', port: relay.port })
        await dialogue.secure('TLSv1.2')
        await dialogue.logIn(server.user, server.password)
        await dialogue.ask('TYPE I', 200)
        assert.deepEqual(await get(dialogue, 'RETR there.bin'), CONTENT)
        assert.deepEqual(warnings(relay), ['CON_FTP_ENCRYPTED'])
        assert.deepEqual(expects(relay), [])
        await dialogue.quit()
      })
    }
  })
}

describe('implicit TLS', { skip: await skipServer('proftpd') }, () => {
  it('is seen, and passes', async () => {
    const server = await startServer('proftpd', { tls: 'implicit' })
    try {
      await using relay = await startInspectedRelay(server)
      await using dialogue = await Dialogue.begin({
        host: '127.0.0.1',
        port: relay.port,
        tlsFromStart: 'TLSv1.2',
      })
      await dialogue.logIn(server.user, server.password)
      assert.deepEqual(warnings(relay), ['CON_FTP_ENCRYPTED'])
      await dialogue.quit()
    } finally {
      await server.stop()
    }
  })
})

describe('a server that names its outer address', { skip: await skipServer('vsftpd') }, () => {
  it('is reached at its own', async () => {
    const server = await startServer('vsftpd', { masquerade: '192.0.2.7' })
    try {
      await server.give('there.bin', CONTENT)
      await using relay = await startInspectedRelay(server)
      await using dialogue = await Dialogue.begin({ host: '127.0.0.1', port: relay.port })
      await dialogue.logIn(server.user, server.password)
      await dialogue.ask('TYPE I', 200)
      assert.deepEqual(await get(dialogue, 'RETR there.bin', 'PASV'), CONTENT)
      assert.deepEqual(warnings(relay), ['CON_FTP_FOREIGN_ADDRESS'])
      assert.equal(expects(relay)[0]?.address, server.host)
      await dialogue.quit()
    } finally {
      await server.stop()
    }
  })
})

/** ABOR by Python, which sends it as urgent data: its last byte does not arrive. */
const ABORT = `
import ftplib, os, socket
ftp = ftplib.FTP()
ftp.connect('127.0.0.1', int(os.environ['PORT']), timeout=10)
ftp.login(os.environ['NAME'], os.environ['WORD'])
data = ftp.transfercmd('RETR endless.bin')
data.recv(1000)
ftp.sock.sendall(b'ABOR\\r\\n', socket.MSG_OOB)
# Pure-FTPd may be writing, and looks for commands when it can write no more. What stands behind ABOR it may throw away.
data.close()
for _ in range(3):
    if ftp.getmultiline().startswith('2'):
        break
ftp.putcmd('PWD')
for _ in range(3):
    if ftp.getmultiline().startswith('257'):
        print('done')
        break
`
