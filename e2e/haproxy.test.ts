import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { dial, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'
import { haproxyProgram, startHaproxy } from './support/haproxy.ts'
import { freePorts } from './support/ports.ts'
import { begin, get, put } from './support/transfers.ts'

/** Where the load balancer listens, where the server, and from where the one speaks to the other. */
const FRONT = '127.0.0.10'
const BACK = '127.0.0.11'
const SOURCE = '127.0.0.12'
const CONTENT = randomBytes(300_000)

interface Stand extends AsyncDisposable {
  readonly server: Embedded
  /** The control port at {@link FRONT}. */
  readonly port: number
}

async function stand(header: 'v1' | 'v2' | 'none', passivePorts = 8): Promise<Stand> {
  await using starting = new AsyncDisposableStack()
  const server = starting.use(
    await startEmbedded({
      passivePorts,
      settings: {
        listeners: [{ host: BACK, port: 0, tls: 'optional', proxyProtocol: [`${SOURCE}/32`] }],
        tls: { selfSigned: true },
        timeouts: { shutdown: '1s', stall: '5s' },
        passive: {
          bind: BACK,
          proxyProtocol: [`${SOURCE}/32`],
          acceptTimeout: '1s',
          addressRules: [{ destination: FRONT, address: 'control' }, { address: BACK }],
        },
      },
    }),
  )
  const { basePort: port } = await freePorts(1)
  const control = { front: port, back: server.at().port }
  starting.use(
    await startHaproxy({
      front: FRONT,
      back: BACK,
      source: SOURCE,
      header,
      control,
      passive: server.passive,
    }),
  )
  const kept = starting.move()
  return { server, port, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

async function logIn({ port }: Stand, from: string): Promise<Dialogue> {
  const dialogue = await Dialogue.begin({ host: FRONT, port, from })
  await dialogue.logIn('alice', PASSWORD)
  await dialogue.ask('TYPE I', 200)
  return dialogue
}

const skip = haproxyProgram() === undefined && 'haproxy is not installed'

for (const header of ['v1', 'v2'] as const) {
  describe(`behind haproxy with PROXY protocol ${header}`, { skip }, () => {
    let here: Stand
    before(async () => {
      here = await stand(header)
    })
    after(() => here[Symbol.asyncDispose]())

    it('a session has the address of its client', async () => {
      await using dialogue = await logIn(here, '127.0.1.1')
      await dialogue.ask('STAT', 211, /Connected from 127\.0\.1\.1:/)
      const { address } = await here.server.events.wait('login')
      assert.equal(address, '127.0.1.1')
      await dialogue.quit()
    })

    for (const way of ['EPSV', 'PASV'] as const) {
      for (const version of [undefined, 'TLSv1.2', 'TLSv1.3'] as const) {
        it(`${way} transfers both ways ${version ?? 'in the clear'}`, async () => {
          await using dialogue = await Dialogue.begin({ host: FRONT, port: here.port, from: '127.0.1.2' })
          if (version) await dialogue.secure(version)
          await dialogue.logIn('alice', PASSWORD)
          await dialogue.ask('TYPE I', 200)
          const name = `${way}-${version}.bin`
          await put(dialogue, `STOR ${name}`, CONTENT, way)
          assert.deepEqual(await get(dialogue, `RETR ${name}`, way), CONTENT)
          const { remote } = await here.server.events.wait(
            'transfer-ended',
            event => event.path === `/${name}`,
          )
          assert.match(remote, /^127\.0\.1\.2:/)
          await dialogue.quit()
        })
      }
    }

    it('PASV tells the address that the client dialled, and clients that come directly another one', async () => {
      await using proxied = await logIn(here, '127.0.1.3')
      assert.equal((await passive(proxied, 'PASV')).host, FRONT)
      const { because } = await here.server.events.wait('data-agreed', event => event.address === '127.0.1.3')
      assert.match(because.text, /127\.0\.0\.10|rule/)
      await using direct = await Dialogue.begin({ ...here.server.at(), from: '127.0.1.4' })
      await direct.logIn('alice', PASSWORD)
      assert.equal((await passive(direct, 'PASV')).host, BACK)
      assert.deepEqual(await get(direct, 'NLST').then(bytes => bytes.length > 0), true)
    })

    it('two clients share a port, and each gets its own data', async () => {
      await using first = await logIn(here, '127.0.1.5')
      await using second = await logIn(here, '127.0.1.6')
      await put(first, 'STOR first.txt', 'first')
      await put(second, 'STOR second.txt', 'second')
      // Eight ports and eight reservations of one address: every port is taken for it.
      const [one, two] = [await passive(first), await passive(second)]
      await using linkOfSecond = await dial(two, second.from)
      await using linkOfFirst = await dial(one, first.from)
      await first.ask('RETR first.txt', 150)
      await second.ask('RETR second.txt', 150)
      assert.equal((await linkOfFirst.readAll()).toString(), 'first')
      assert.equal((await linkOfSecond.readAll()).toString(), 'second')
      await Promise.all([first.expect(226), second.expect(226)])
    })

    it('a client from another address than the one that was promised the port is a stranger', async () => {
      await using dialogue = await logIn(here, '127.0.1.7')
      const offer = await passive(dialogue)
      await using stranger = await dial(offer, '127.0.1.8')
      await stranger.drain()
      dialogue.line('NLST')
      await dialogue.expect(425, /127\.0\.1\.8 came instead of 127\.0\.1\.7/)
    })

    it('ABOR and a broken upload are what they are without haproxy', async () => {
      await using dialogue = await logIn(here, '127.0.1.9')
      await using link = await begin(dialogue, 'STOR broken.bin')
      await link.write('half')
      await dialogue.ask('ABOR', 426)
      await dialogue.expect(226)
      await dialogue.ask('MLST broken.bin', 550)
    })
  })
}

describe('PROXY protocol', { skip }, () => {
  it('is awaited from the load balancer: without a header the connection is closed, and nobody is served', async () => {
    await using here = await stand('none')
    await using dialogue = await Dialogue.open({ host: FRONT, port: here.port, from: '127.0.1.1' })
    dialogue.line('USER alice')
    assert.match(await dialogue.ended(), /end|reset/)
    assert.deepEqual(dialogue.unread, [])
    assert.deepEqual(await here.server.server.sessions(), [])
  })

  it('is not believed from anybody else', async () => {
    await using here = await stand('v1')
    await using direct = await Dialogue.open({ ...here.server.at(), from: '127.0.1.1' })
    direct.line('PROXY TCP4 10.9.8.7 127.0.0.10 1000 2000')
    await direct.expect(220)
    await direct.expect(500)
    await direct.ask('STAT', 211, /Connected from 127\.0\.1\.1:/)
    await direct.quit()
  })

  const headers: readonly { name: string; bytes: Buffer | string }[] = [
    { name: 'a v1 header that is cut off', bytes: 'PROXY TCP4 10.0.0.1 \r\n' },
    { name: 'a v1 header of 200 bytes', bytes: `PROXY TCP4 ${'1'.repeat(200)}\r\n` },
    { name: 'a v1 header with a bad address', bytes: 'PROXY TCP4 10.0.0.256 127.0.0.1 1 2\r\n' },
    {
      name: 'a v2 header of an unknown version',
      bytes: Buffer.concat([V2(), Buffer.from([0x31, 0x11, 0, 12]), Buffer.alloc(12)]),
    },
    {
      name: 'a v2 header that is too short for its addresses',
      bytes: Buffer.concat([V2(), Buffer.from([0x21, 0x11, 0, 4]), Buffer.alloc(4)]),
    },
    { name: 'an FTP command', bytes: 'USER alice\r\n' },
    { name: 'a TLS handshake', bytes: Buffer.from('1603010200010001fc0303', 'hex') },
  ]
  for (const { name, bytes } of headers) {
    it(`ends the connection for ${name}`, async () => {
      await using here = await startEmbedded({
        settings: { listeners: [{ host: BACK, port: 0, tls: 'off', proxyProtocol: [`${SOURCE}/32`] }] },
      })
      await using dialogue = await Dialogue.open({ ...here.at(), from: SOURCE })
      dialogue.write(bytes)
      assert.match(await dialogue.ended(), /end|reset/)
      assert.deepEqual(dialogue.unread, [])
      assert.deepEqual(await here.server.sessions(), [])
    })
  }

  it('may come in pieces, and with the first command behind it', async () => {
    await using here = await startEmbedded({
      settings: { listeners: [{ host: BACK, port: 0, tls: 'off', proxyProtocol: [`${SOURCE}/32`] }] },
    })
    await using dialogue = await Dialogue.open({ ...here.at(), from: SOURCE })
    for (const piece of ['PRO', 'XY TCP4 10.9.8.7 127.0.0.1 10', '00 21\r', '\nSTAT\r\nNO', 'OP\r\n']) {
      dialogue.write(piece)
      await new Promise(resolve => setImmediate(resolve))
    }
    await dialogue.expect(220)
    await dialogue.expect(211, /Connected from 10\.9\.8\.7:1000/)
    await dialogue.expect(200)
    await dialogue.quit()
  })

  it('counts the sessions of each client behind it, not those of the load balancer', async () => {
    await using here = await startEmbedded({
      settings: {
        listeners: [{ host: BACK, port: 0, tls: 'off', proxyProtocol: [`${SOURCE}/32`] }],
        limits: { sessionsPerAddress: 1 },
      },
    })
    const arrive = async (client: string) => {
      const dialogue = await Dialogue.open({ ...here.at(), from: SOURCE })
      dialogue.line(`PROXY TCP4 ${client} 127.0.0.1 1000 21`)
      return dialogue
    }
    await using first = await arrive('10.0.0.1')
    await first.expect(220)
    await using second = await arrive('10.0.0.2')
    await second.expect(220)
    await using third = await arrive('10.0.0.1')
    await third.expect(421, /10\.0\.0\.1/)
    assert.equal(await third.ended(), 'end')
    await first.quit()
    await second.quit()
  })

  it('of a health check (LOCAL) gives the address of the load balancer', async () => {
    await using here = await startEmbedded({
      settings: { listeners: [{ host: BACK, port: 0, tls: 'off', proxyProtocol: [`${SOURCE}/32`] }] },
    })
    await using dialogue = await Dialogue.open({ ...here.at(), from: SOURCE })
    dialogue.write(Buffer.concat([V2(), Buffer.from([0x20, 0x00, 0, 0])]))
    await dialogue.expect(220)
    await dialogue.ask('STAT', 211, /Connected from 127\.0\.0\.12:/)
    await dialogue.quit()
  })
})

/** The signature that every v2 header begins with. */
function V2(): Buffer {
  return Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
}
