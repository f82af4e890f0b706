import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { within } from '../../support/within.ts'
import { MIDDLEBOXES, type Middlebox } from './middlebox.ts'
import { relayServer } from './relay.ts'

const LIMIT_MS = 10_000

/** A client and a server with a relay between them. */
interface Stand extends AsyncDisposable {
  readonly client: Socket
  readonly server: Socket
}

async function stand(box: Middlebox): Promise<Stand> {
  const target = createServer({ allowHalfOpen: true })
  const relay = relayServer({ host: '127.0.0.1', port: await listen(target) }, box)
  const accepted = once(target, 'connection')
  const client = connect({ host: '127.0.0.1', port: await listen(relay), allowHalfOpen: true })
  const [server]: Socket[] = await accepted
  if (server === undefined) throw new Error('the relay did not connect')
  // Resets are looked at where they are expected.
  for (const socket of [client, server]) socket.on('error', () => {})
  return {
    client,
    server,
    async [Symbol.asyncDispose]() {
      client.destroy()
      server.destroy()
      await Promise.all([target, relay].map(one => new Promise(resolve => one.close(resolve))))
    },
  }
}

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a TCP listener has a port')
  return address.port
}

/** Reads until it has `length` bytes. */
async function read(socket: Socket, length: number): Promise<string> {
  let text = ''
  const enough = async () => {
    while (text.length < length) {
      const [chunk]: Buffer[] = await once(socket, 'data')
      text += chunk?.toString('latin1') ?? ''
    }
    return text
  }
  return within(enough(), LIMIT_MS, `${length} bytes`)
}

async function sendInPieces(socket: Socket, bytes: Uint8Array, sizes: readonly number[]): Promise<void> {
  let at = 0
  for (const size of [...sizes, bytes.length]) {
    socket.write(bytes.subarray(at, at + size))
    at += size
    await new Promise(resolve => setImmediate(resolve))
  }
}

describe('a relay', () => {
  it('changes the lines that its box changes, and no others', async () => {
    await using here = await stand(MIDDLEBOXES['rewrites-port'])
    const changed = 'USER a\r\nPORT 192,0,2,99,1,2\r\nLIST\r\n'
    here.client.write('USER a\r\nPORT 10,0,0,1,1,2\r\nLIST\r\n')
    assert.equal(await read(here.server, changed.length), changed)
  })

  it('answers itself what its box answers', async () => {
    await using here = await stand(MIDDLEBOXES['blocks-epsv'])
    here.client.write('EPSV\r\nPASV\r\n')
    assert.equal(await read(here.client, 28), '500 Command not understood\r\n')
    assert.equal(await read(here.server, 6), 'PASV\r\n')
  })

  it('is blind after 234', async () => {
    await using here = await stand(MIDDLEBOXES['rewrites-port'])
    here.client.write('AUTH TLS\r\n')
    await read(here.server, 10)
    here.server.write('234 Go ahead\r\n')
    await read(here.client, 14)
    const secret = 'PORT 10,0,0,1,1,2\r\nno end'
    here.client.write(secret)
    assert.equal(await read(here.server, secret.length), secret)
  })

  it('resets both connections when its box does', async () => {
    await using here = await stand(MIDDLEBOXES['kills-tls'])
    const failures = [here.client, here.server].map(
      socket => new Promise(resolve => socket.resume().once('error', resolve)),
    )
    here.client.write('AUTH TLS\r\n')
    for (const error of await within(Promise.all(failures), LIMIT_MS, 'the end of both connections')) {
      assert.ok(error instanceof Error && 'code' in error)
      assert.equal(error.code, 'ECONNRESET')
    }
  })

  it('passes on all bytes and the end, in whatever pieces they come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', '\r', '\n', '\r\n', '\xff', '\0', '227 ', 'PORT ')),
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 10 }),
        async (parts, sizes) => {
          await using here = await stand({})
          const text = parts.join('')
          let received = ''
          here.server.on('data', (chunk: Buffer) => {
            received += chunk.toString('latin1')
          })
          const ended = once(here.server, 'end')
          await sendInPieces(here.client, Buffer.from(text, 'latin1'), sizes)
          here.client.end()
          await within(ended, LIMIT_MS, 'the end')
          assert.equal(received, text)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('does not keep back a line that has no end', async () => {
    await using here = await stand(MIDDLEBOXES['rewrites-port'])
    const endless = 'x'.repeat(100_000)
    here.client.write(endless)
    assert.ok(endless.startsWith(await read(here.server, 16_384)))
  })
})
