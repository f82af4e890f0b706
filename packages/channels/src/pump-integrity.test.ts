import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { connect, createSecureContext } from 'node:tls'
import fc from 'fast-check'
import { SERVER_CERTIFICATE } from './test-certificates.ts'
import { type DataPair, dataPair, pattern, unbounded } from './testing.ts'
import { serverSide } from './tls-side.ts'

const context = createSecureContext(SERVER_CERTIFICATE)
const BYTES = pattern(6 * 1024 * 1024)

/** A moment: none, a turn of the event loop, or a few milliseconds. */
async function moment(n: number): Promise<void> {
  if (n % 3 === 1) await new Promise(resolve => setImmediate(resolve))
  if (n % 3 === 2) await new Promise(resolve => setTimeout(resolve, n % 4))
}

/** The client's end of the data connection, in the clear or under TLS. */
async function peerOf(pair: DataPair, tls: boolean, watchEnd: boolean) {
  if (!tls) return pair.client
  const client = connect({ socket: pair.client, rejectUnauthorized: false })
  client.on('error', () => {})
  await Promise.all([
    pair.data.secure(serverSide(context), { signal: AbortSignal.timeout(5000), watchEnd }),
    once(client, 'secureConnect'),
  ])
  return client
}

const scenario = fc.record({
  tls: fc.boolean(),
  watchEnd: fc.boolean(),
  size: fc.oneof(fc.nat(5000), fc.nat(BYTES.length)),
  /** Sizes of the pieces, in turn. */
  pieces: fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 6 }),
  /** Waits of either side, in turn. */
  ours: fc.array(fc.nat(7), { minLength: 1, maxLength: 6 }),
  theirs: fc.array(fc.nat(7), { minLength: 1, maxLength: 6 }),
  throttled: fc.boolean(),
})

/** The size of the next piece: never so small that the whole would take a hundred of them. */
const pieceOf = (pieces: readonly number[], i: number, size: number) =>
  Math.max(at(pieces, i), Math.ceil(size / 100))

const at = (list: readonly number[], i: number) => list[i % list.length] ?? 0

function throttleOf(waits: readonly number[]) {
  let calls = 0
  return () => (at(waits, calls++) % 3 === 0 ? undefined : moment(at(waits, calls)))
}

test('an upload arrives whole and in order, whatever the pace of client, storage and throttle', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ tls, watchEnd, size, pieces, ours, theirs, throttled }) => {
      await using pair = await dataPair()
      const client = await peerOf(pair, tls, watchEnd)
      client.resume()
      const upload = (async () => {
        for (let sent = 0, i = 0; sent < size; i++) {
          const piece = BYTES.subarray(sent, Math.min(size, sent + pieceOf(pieces, i, size)))
          sent += piece.length
          if (!client.write(piece)) await once(client, 'drain')
          await moment(at(theirs, i))
        }
        client.end()
      })()
      let stored = 0
      let writes = 0
      const sink = {
        async write(chunk: Buffer) {
          await moment(at(ours, writes++))
          assert.ok(
            chunk.equals(BYTES.subarray(stored, stored + chunk.length)),
            `wrong bytes from ${stored} on`,
          )
          stored += chunk.length
        },
      }
      const end = await pair.data.receive(sink, {
        ...unbounded(),
        ...(throttled && { throttle: throttleOf(ours) }),
      })
      await upload
      assert.deepEqual(end, { kind: 'clean', bytes: size })
      assert.equal(stored, size)
      await pair.closed
    }),
    { numRuns: 25 },
  )
})

test('a download arrives whole and in order, whatever the pace of client, file and throttle', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ tls, size, pieces, ours, theirs, throttled }) => {
      await using pair = await dataPair()
      const client = await peerOf(pair, tls, false)
      let got = 0
      const download = (async () => {
        let i = 0
        for await (const chunk of client) {
          assert.ok(chunk.equals(BYTES.subarray(got, got + chunk.length)), `wrong bytes from ${got} on`)
          got += chunk.length
          await moment(at(theirs, i++))
        }
      })()
      let read = 0
      let reads = 0
      const source = {
        async read(into: Buffer) {
          await moment(at(ours, reads))
          const count = Math.min(into.length, pieceOf(pieces, reads++, size), size - read)
          BYTES.copy(into, 0, read, read + count)
          read += count
          return count
        },
      }
      const end = await pair.data.send(source, {
        ...unbounded(),
        ...(throttled && { throttle: throttleOf(ours) }),
      })
      await download
      assert.deepEqual(end, { kind: 'clean', bytes: size })
      assert.equal(got, size)
      await pair.closed
    }),
    { numRuns: 25 },
  )
})
