import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { encodeProxyHeader } from '@portolan/channels'
import { dial, passive } from './support/data-way.ts'
import { Dialogue } from './support/dialogue.ts'
import { type Embedded, PASSWORD, startEmbedded } from './support/embedded.ts'
import { freePorts } from './support/ports.ts'
import { get, put } from './support/transfers.ts'

/** Where clients dial, what the proxy says that they are to dial for data, the server, and from where the proxy speaks to it. */
const FRONT = '127.0.0.20'
const TOLD = '127.0.0.21'
const BACK = '127.0.0.22'
const SOURCE = '127.0.0.23'
const STRANGER = '127.0.0.24'
const CLIENT = '127.0.1.5'
const PORTS = 4
const CONTENT = randomBytes(200_000)

interface Front extends AsyncDisposable {
  readonly port: number
}

/** A proxy that listens at an address, and dials the server with a header in front; `advertise` is for control connections. */
async function front(
  o: { host: string; port: number; from: string },
  server: number,
  advertise?: { address: string; portOffset: number },
): Promise<Front> {
  const open = new Set<Socket>()
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, client => {
    const back = connect({
      host: BACK,
      port: server,
      localAddress: o.from,
      allowHalfOpen: true,
      noDelay: true,
    })
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = client
    back.write(
      encodeProxyHeader({
        source: { address: remoteAddress, port: remotePort },
        destination: { address: localAddress, port: localPort },
        ...(advertise && { advertise }),
      }),
    )
    client.pipe(back).pipe(client)
    for (const [one, other] of [
      [client, back],
      [back, client],
    ] as const) {
      open.add(one)
      one.on('error', () => other.resetAndDestroy()).on('close', () => open.delete(one))
    }
  })
  listener.listen(o.port, o.host)
  await once(listener, 'listening')
  const address = listener.address()
  assert.ok(address && typeof address === 'object')
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise(resolve => listener.close(resolve))
    },
  }
}

describe('behind a proxy that says where it takes data connections', () => {
  const stack = new AsyncDisposableStack()
  let server: Embedded
  let port: number
  let offset: number
  let untrusted: number
  let beyond: number

  before(async () => {
    server = stack.use(
      await startEmbedded({
        passivePorts: PORTS,
        settings: {
          listeners: [{ host: BACK, port: 0, tls: 'optional', proxyProtocol: [`${SOURCE}/32`] }],
          tls: { selfSigned: true },
          timeouts: { shutdown: '1s' },
          passive: {
            bind: BACK,
            proxyProtocol: [`${SOURCE}/32`],
            acceptTimeout: '2s',
            addressRules: [{ address: '203.0.113.1' }],
          },
        },
      }),
    )
    const outside = await freePorts(PORTS)
    offset = outside.basePort - server.passive.basePort
    const advertise = { address: TOLD, portOffset: offset }
    const control = server.at().port
    ;({ port } = stack.use(await front({ host: FRONT, port: 0, from: SOURCE }, control, advertise)))
    untrusted = stack.use(await front({ host: FRONT, port: 0, from: STRANGER }, control, advertise)).port
    const last = { address: TOLD, portOffset: 65_535 }
    beyond = stack.use(await front({ host: FRONT, port: 0, from: SOURCE }, control, last)).port
    for (let at = 0; at < PORTS; at++) {
      const inside = server.passive.basePort + at
      for (const host of [TOLD, FRONT])
        stack.use(await front({ host, port: inside + offset, from: SOURCE }, inside))
    }
  })
  after(() => stack.disposeAsync())

  const begin = () => Dialogue.begin({ host: FRONT, port, from: CLIENT })

  for (const way of ['PASV', 'EPSV'] as const) {
    for (const version of [undefined, 'TLSv1.2', 'TLSv1.3'] as const) {
      it(`${way} leads through it ${version ?? 'in the clear'}`, async () => {
        await using dialogue = await begin()
        if (version) await dialogue.secure(version)
        await dialogue.logIn('alice', PASSWORD)
        await dialogue.ask('TYPE I', 200)
        const name = `${way}-${version}.bin`
        await put(dialogue, `STOR ${name}`, CONTENT, way)
        assert.deepEqual(await get(dialogue, `RETR ${name}`, way), CONTENT)
        const { remote } = await server.events.wait('transfer-ended', event => event.path === `/${name}`)
        assert.match(remote, new RegExp(`^${CLIENT}:`))
        await dialogue.quit()
      })
    }

    it(`${way} tells what the proxy said, before any address rule, and says so`, async () => {
      await using dialogue = await begin()
      await dialogue.logIn(`teller-${way}`.toLowerCase(), PASSWORD)
      const where = await passive(dialogue, way)
      if (way === 'PASV') assert.equal(where.host, TOLD)
      assert.ok(where.port >= server.passive.basePort + offset)
      assert.ok(where.port < server.passive.basePort + offset + PORTS)
      const { endpoint, because } = await server.events.wait(
        'data-agreed',
        event => event.user === `teller-${way}`.toLowerCase(),
      )
      assert.ok(endpoint.endsWith(`:${where.port}`))
      assert.equal(because.code, 'proxy-advertise')
      assert.match(because.text, new RegExp(SOURCE.replaceAll('.', '\\.')))
      await dialogue.quit()
    })
  }

  it('somebody else cannot come to the port for the client', async () => {
    await using dialogue = await begin()
    await dialogue.logIn('alice', PASSWORD)
    const where = await passive(dialogue, 'PASV')
    const stranger = await dial(where, '127.0.1.6')
    await assert.rejects(stranger.readAll())
    const own = await dial(where, CLIENT)
    await dialogue.ask('NLST', 150)
    await own.readAll()
    await dialogue.expect(226)
  })

  it('an offset that leads beyond the ports is refused, and keeps no port', async () => {
    await using dialogue = await Dialogue.begin({ host: FRONT, port: beyond, from: CLIENT })
    await dialogue.logIn('alice', PASSWORD)
    for (let times = 0; times <= PORTS; times++) await dialogue.ask('EPSV', 425, /port \d+ is its port \d+/)
    await dialogue.quit()
  })

  it('a proxy that is not trusted is not listened to', async () => {
    await using dialogue = await Dialogue.open({ host: FRONT, port: untrusted, from: CLIENT })
    await dialogue.expect(220)
    // Its header is the first line of a client, which is none of the commands.
    await dialogue.ask('NOOP')
    await dialogue.logIn('mallory', PASSWORD).catch(() => undefined)
    const reply = await dialogue.ask('PASV')
    assert.doesNotMatch(reply.text, /127,0,0,21/)
  })
})
