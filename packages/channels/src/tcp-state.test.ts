import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sendState } from './tcp-state.ts'
import { loopback } from './testing.ts'

const local = { address: '127.0.0.1', port: 8080 }
const remote = { address: '127.0.0.2', port: 54_321 }

/** One line as the kernel prints it. */
const line = (ends: string, state: string, queue: string) =>
  `   0: ${ends} ${state} ${queue}:00000000 00:00000000 00000000\n`
const ENDS_4 = '0100007F:1F90 0200007F:D431'
const ENDS_MAPPED = '0000000000000000FFFF00000100007F:1F90 0000000000000000FFFF00000200007F:D431'
const ENDS_6 = 'B80D0120000000000000000001000000:1F90 B80D0120000000000000000002000000:D431'

const tables =
  (ipv4: string, ipv6 = '') =>
  async (family: 4 | 6) =>
    Buffer.from(family === 4 ? ipv4 : ipv6)

test('bytes that the peer has not acknowledged are outstanding', async () => {
  const state = await sendState(local, remote, tables(line(ENDS_4, '04', '0000ABCD')))
  assert.deepEqual(state, { kind: 'outstanding', bytes: 0xabcd })
})

for (const [state, what] of [
  ['05', 'our end is acknowledged'],
  ['06', 'both ends are'],
] as const) {
  test(`state ${state}: ${what}`, async () => {
    assert.deepEqual(await sendState(local, remote, tables(line(ENDS_4, state, '00000000'))), {
      kind: 'acknowledged',
    })
  })
}

test('an IPv4 client of an IPv6 listener is found as a mapped address', async () => {
  const state = await sendState(local, remote, tables('', line(ENDS_MAPPED, '01', '00000007')))
  assert.deepEqual(state, { kind: 'outstanding', bytes: 7 })
})

test('IPv6 is found in whatever form it is written', async () => {
  const table = tables('', line(ENDS_6, '01', '00000007'))
  const far = { address: '2001:db8::2', port: 54_321 }
  for (const address of ['2001:db8::1', '2001:DB8:0:0:0:0:0:1']) {
    assert.deepEqual(await sendState({ address, port: 8080 }, far, table), { kind: 'outstanding', bytes: 7 })
  }
})

test('a connection that the table does not show is gone', async () => {
  assert.deepEqual(
    await sendState(local, remote, tables(line(ENDS_4.replace('1F90', '1F91'), '01', '00000007'))),
    {
      kind: 'gone',
    },
  )
})

test('a system without the table does not tell', async () => {
  const none = async (): Promise<Buffer> => {
    throw new Error('ENOENT')
  }
  assert.equal(await sendState(local, remote, none), undefined)
})

// The table is of Linux; elsewhere `sendState` does not know, as above.
if (process.platform === 'linux') {
  test('of a real connection the kernel tells what a peer that does not read leaves outstanding', async () => {
    await using pair = await loopback()
    const { server, client } = pair
    client.pause()
    const ends = [
      { address: '127.0.0.1', port: server.localPort ?? 0 },
      { address: '127.0.0.1', port: server.remotePort ?? 0 },
    ] as const
    assert.deepEqual(await sendState(...ends), { kind: 'acknowledged' })
    server.write(Buffer.alloc(32 * 1024 * 1024))
    for (;;) {
      const state = await sendState(...ends)
      if (state?.kind === 'outstanding' && state.bytes > 100_000) break
      await new Promise(resolve => setTimeout(resolve, 5))
    }
  })
}
