import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { describe, it } from 'node:test'
import { parseProxyHeader } from '@portolan/channels'
import { StreamRefused } from '../wire/types.ts'
import { readStream, startStubEdge, startTestConnector, startTestServer } from './testing-connector.ts'

/** What a socket has got, as text, and when it has got a text. */
function reading(socket: Socket) {
  let text = ''
  let waiting: (() => void) | undefined
  socket.on('data', bytes => {
    text += bytes.toString('latin1')
    waiting?.()
  })
  return {
    get text() {
      return text
    },
    async until(part: string): Promise<void> {
      while (!text.includes(part)) await new Promise<void>(resolve => (waiting = resolve))
    },
  }
}

/** A stream to a server that says what the test says. */
async function session(ask: { inspect?: boolean } = { inspect: true }) {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startTestServer())
  const edge = stack.use(await startStubEdge('e1'))
  const { events } = stack.use(await startTestConnector(edge))
  const link = await edge.connected()
  const { stream } = await link.open({ port: server.port, ...ask })
  const socket = await server.sockets.find(() => true)
  const kept = stack.move()
  return {
    ...{ stream, socket, events, log: readStream(stream), at: reading(socket) },
    say: (text: string) => stream.write(Buffer.from(text, 'latin1')),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

describe('a control connection that is read', () => {
  it('tells the edge of a passive port before the client, and refuses active mode in its turn', async () => {
    await using s = await session()
    s.socket.write('220 Ready.\r\n')
    s.say('PASV\r\nPORT 10,1,1,5,200,10\r\nRETR a\r\n')
    await s.at.until('RETR a\r\n')
    assert.equal(s.at.text, 'PASV\r\nRETR a\r\n')
    s.socket.write('227 Entering Passive Mode (127,0,0,1,195,80)\r\n150 Go\r\n226 Done\r\n')
    await s.log.events.find(() => s.log.text().endsWith('226 Done\r\n'))
    assert.match(s.log.text(), /^220 [^\n]*\n227 [^\n]*\n502 PORT [^\n]*\n150 [^\n]*\n226 [^\n]*\n$/)
    assert.deepEqual(
      s.log.notes.map(note => (note as { type: string }).type),
      ['warning', 'expect', 'ftp'],
    )
    assert.deepEqual(s.log.notes[1], {
      type: 'expect',
      address: '127.0.0.1',
      port: 50_000,
      by: 'PASV',
      seconds: 60,
    })
    const order = s.log.events.all.map(event =>
      typeof event === 'object' && 'note' in event ? event.note : 'bytes',
    )
    assert.ok(order.indexOf('expect') < order.lastIndexOf('bytes'))
    const warning = await s.events.find(({ type }) => type === 'warning')
    assert.ok(warning.type === 'warning' && warning.code === 'CON_FTP_ACTIVE_REFUSED')
    assert.match(warning.text, /^alice, 127\.0\.0\.1:\d+: .*PORT 10,1,1,5,200,10/)
  })

  it('ends as its ends do', async () => {
    await using s = await session()
    s.socket.write('220 Ready.\r\n')
    s.say('QUIT\r\n')
    s.stream.end()
    await s.at.until('QUIT\r\n')
    s.socket.end('221 Bye.\r\n')
    await s.log.events.find(event => event === 'delivered')
    assert.equal(s.log.text(), '220 Ready.\r\n221 Bye.\r\n')
  })

  it('gives the last bytes of both sides their end, without a line end', async () => {
    await using s = await session()
    s.say('NOOP')
    s.stream.end()
    await s.at.until('NOOP')
    s.socket.end('220 Ready')
    await s.log.events.find(event => event === 'delivered')
    assert.equal(s.log.text(), '220 Ready')
  })

  it('that is no FTP is broken off on both sides', async () => {
    await using s = await session()
    const broken = new Promise(resolve => s.socket.once('close', resolve))
    s.socket.write('SSH-2.0-OpenSSH_9.2\r\n')
    const reset = await s.log.events.find(event => typeof event === 'object' && 'reset' in event)
    assert.deepEqual(reset, { reset: 'CON_FTP_PROTOCOL' })
    await broken
  })

  it('holds a client up that sends more commands than are answered, and loses none', async () => {
    await using s = await session()
    s.socket.write('220 Ready.\r\n')
    const commands = Array.from({ length: 20_000 }, (_, at) => `SIZE ${at}\r\n`)
    s.say(commands.join(''))
    await s.at.until('SIZE 255\r\n')
    let answered = 0
    let left = ''
    let most = 0
    const done = Promise.withResolvers<void>()
    const answer = (bytes: string) => {
      left += bytes
      const lines = left.split('\r\n')
      left = lines.pop() ?? ''
      most = Math.max(most, lines.length)
      for (const _ of lines) s.socket.write(`213 ${answered++}\r\n`)
      if (answered === commands.length) done.resolve()
    }
    s.socket.on('data', bytes => answer(bytes.toString('latin1')))
    answer(s.at.text)
    await done.promise
    assert.equal(s.at.text, commands.join(''))
    assert.ok(most <= 256)
    await s.log.events.find(() => s.log.text().endsWith(`213 ${commands.length - 1}\r\n`))
  })

  it('passes megabytes of replies while the client takes its time', async () => {
    await using s = await session()
    const listing = `${' -rw-r--r-- 1 u g 1 Jan 1 00:00 file\r\n'.repeat(40_000)}213 End\r\n`
    s.socket.write(`220 Ready.\r\n213-Status\r\n${listing}`)
    await s.log.events.find(() => s.log.text().endsWith('213 End\r\n'))
    assert.equal(s.log.text(), `220 Ready.\r\n213-Status\r\n${listing}`)
  })

  it('is left alone where it is not to be read', async () => {
    await using s = await session({ inspect: false })
    s.say('PORT 1,2,3,4,5,6\r\n\0')
    await s.at.until('\0')
    assert.equal(s.at.text, 'PORT 1,2,3,4,5,6\r\n\0')
  })
})

describe('a stream of a publication', () => {
  const publication = {
    name: 'p',
    source: { address: '203.0.113.9', port: 40_000 },
    destination: { address: '203.0.113.7', port: 21 },
    advertise: { address: '203.0.113.7', portOffset: -1_000 },
  }

  it('begins with a PROXY protocol header, before any byte of the client', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const { stream } = await (await edge.connected()).open({ port: server.port, publication })
    readStream(stream)
    stream.write(Buffer.from('USER x\r\n'))
    const socket = await server.sockets.find(() => true)
    const at = reading(socket)
    await at.until('USER x\r\n')
    const bytes = Buffer.from(at.text, 'latin1')
    const parsed = parseProxyHeader(bytes)
    const { source, destination, advertise } = publication
    assert.deepEqual(parsed?.header, { source, destination, advertise })
    assert.equal(bytes.toString('latin1', parsed?.length), 'USER x\r\n')
  })

  it('with what is no address is refused before the server is dialled', async () => {
    await using server = await startTestServer()
    await using edge = await startStubEdge('e1')
    await using _started = await startTestConnector(edge)
    const bad = { ...publication, source: { address: 'host', port: 1 } }
    await assert.rejects(
      (await edge.connected()).open({ port: server.port, publication: bad }),
      StreamRefused,
    )
    assert.equal(server.sockets.all.length, 0)
  })
})
