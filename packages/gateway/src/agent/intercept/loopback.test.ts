import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { describe, it } from 'node:test'
import { startAgent } from '../start-agent.ts'
import { agentOptions, forwards, listeningAt, newAuthority, startStubEdge } from '../testing-edge.ts'

const authority = await newAuthority()
const LIMIT = { timeout: 20_000 }

/** A server that answers what a test says, whatever is asked. `data` sends its own port to who dials it. */
async function startScripted(answers: (dataPort: number) => Readonly<Record<string, string>>) {
  const data = createServer(socket => socket.on('error', () => {}).end('data')).listen(0, '127.0.0.9')
  await once(data, 'listening')
  const control = createServer(socket => {
    socket.on('error', () => {}).write('220 ready\r\n')
    linesOf(socket).on('line', line => {
      socket.write(`${answers(portOf(data))[line] ?? '500 What?'}\r\n`)
    })
  }).listen(0, '127.0.0.9')
  await once(control, 'listening')
  return {
    port: portOf(control),
    dataPort: portOf(data),
    async [Symbol.asyncDispose]() {
      for (const server of [data, control]) server.close()
    },
  }
}

/** Node passes errors of the socket on to who reads its lines. */
const linesOf = (input: Socket) => createInterface({ input }).on('error', () => {})

function portOf(server: { address(): unknown }): number {
  const address = server.address()
  return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0
}

/** An agent with a listener for a scripted server, and a client of it. */
async function start(
  answers: (dataPort: number) => Readonly<Record<string, string>>,
  ports?: [number, number][],
) {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startScripted(answers))
  const edge = stack.use(await startStubEdge({ authority, definitions: [forwards(['127.0.0.9'], ports)] }))
  const listener = { host: '127.0.0.1', port: 0, target: { host: '127.0.0.9', port: server.port } }
  const options = stack.use(await agentOptions(edge.invitation, { intercept: { listeners: [listener] } }))
  stack.use(await startAgent(options))
  const client = connect(listeningAt(options.events, 'listener'))
  client.on('error', () => {})
  stack.defer(() => void client.destroy())
  const lines = linesOf(client)[Symbol.asyncIterator]()
  const read = async () => String((await lines.next()).value)
  assert.equal(await read(), '220 ready')
  const kept = stack.move()
  return {
    ...{ server, edge, options, read },
    ask(line: string) {
      client.write(`${line}\r\n`)
      return read()
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function readData(port: number, localAddress?: string): Promise<string> {
  const socket: Socket = connect({
    host: '127.0.0.1',
    port,
    ...(localAddress !== undefined && { localAddress }),
  })
  let text = ''
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString()
  })
  const failed = once(socket, 'error').then(([error]) => String(error))
  const closed = once(socket, 'end').then(() => text)
  return Promise.race([failed, closed])
}

const passive = (dataPort: number) => ({
  PASV: `227 Entering Passive Mode (127,0,0,9,${dataPort >> 8},${dataPort & 255}).`,
  // As behind NAT: an address that is no application.
  'PASV far': `227 Entering Passive Mode (192,0,2,1,${dataPort >> 8},${dataPort & 255}).`,
  EPSV: `229 Entering Extended Passive Mode (|||${dataPort}|)`,
  'AUTH TLS': '234 Proceed',
})

const portIn = (reply: string): number => {
  const [, high, low] = /\(127,0,0,1,(\d+),(\d+)\)/.exec(reply) ?? []
  const [, extended] = /\(\|\|\|(\d+)\|\)/.exec(reply) ?? []
  return extended === undefined ? Number(high) * 256 + Number(low) : Number(extended)
}

describe('a loopback listener', LIMIT, () => {
  for (const command of ['PASV', 'PASV far', 'EPSV']) {
    it(`has data connections after ${command} come to this machine, each once`, async () => {
      await using setting = await start(passive)
      const reply = await setting.ask(command)
      const port = portIn(reply)
      assert.notEqual(port, setting.server.dataPort, reply)
      assert.equal(await readData(port), 'data')
      const asked = setting.edge.opens.at(-1)
      assert.deepEqual(asked && typeof asked === 'object' && 'host' in asked && [asked.host, asked.port], [
        '127.0.0.9',
        setting.server.dataPort,
      ])
      assert.match(await readData(port), /ECONNREFUSED/)
    })
  }

  it('takes data connections of its own client alone', async () => {
    await using setting = await start(passive)
    const port = portIn(await setting.ask('EPSV'))
    assert.match(await readData(port, '127.0.0.2'), /ECONNRESET/)
    assert.equal(await readData(port), 'data')
  })

  it('has no data listeners left when the control connection ends', async () => {
    await using setting = await start(passive)
    const port = portIn(await setting.ask('EPSV'))
    for (const link of [...setting.edge.links]) link.destroy({ code: 'EDG_LOST', text: 'gone' })
    await setting.options.until(event => event.type === 'connection' && event.how === 'ended')
    assert.match(await readData(port), /ECONNREFUSED|ECONNRESET/)
  })

  it('says that it is blind once TLS begins, and passes everything', async () => {
    await using setting = await start(passive)
    assert.equal(await setting.ask('AUTH TLS'), '234 Proceed')
    const told = await setting.options.until(event => event.type === 'warning')
    assert.match(told.type === 'warning' ? told.text : '', /encrypted from here on/)
    assert.equal(await setting.ask('EPSV'), passive(setting.server.dataPort).EPSV)
  })

  it('resets a client at once when there is no connection', async () => {
    await using edge = await startStubEdge({
      authority,
      definitions: [forwards(['127.0.0.9'])],
      onOpen: incoming => incoming.refuse({ code: 'POL_DENIED', text: 'No.' }),
    })
    const listeners = [{ host: '127.0.0.1', port: 0, target: { host: '127.0.0.9', port: 21 } }]
    await using options = await agentOptions(edge.invitation, { intercept: { listeners } })
    await using _agent = await startAgent(options)
    const client = connect(listeningAt(options.events, 'listener'))
    client.resume()
    assert.match(String(await once(client, 'error')), /ECONNRESET/)
  })
})
