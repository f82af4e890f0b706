import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type LookupFunction, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import { DialError, type DialOutcome } from './dial-error.ts'
import { createDialler, type DiallerOptions } from './dialler.ts'
import type { ProxyServer } from './proxy-url.ts'
import { freeRange, portOf, readToEnd } from './testing.ts'
import { httpProxy, socksProxy, type TestProxy } from './testing-proxies.ts'

const { signal } = new AbortController()

interface Greeter extends AsyncDisposable {
  readonly port: number
  readonly server: Server
  readonly peers: (string | undefined)[]
}

/** A server that greets, echoes, and ends when its peer ends. */
async function greeter(host = '127.0.0.1', greeting = '220 hello\r\n'): Promise<Greeter> {
  const open = new Set<Socket>()
  const peers: (string | undefined)[] = []
  const server = createServer({ allowHalfOpen: true }, socket => {
    open.add(socket)
    peers.push(socket.remoteAddress)
    socket.on('error', () => {})
    socket.write(greeting)
    socket.pipe(socket)
  })
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: portOf(server),
    server,
    peers,
    async [Symbol.asyncDispose]() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

async function talk(socket: Socket, greeting = '220 hello\r\n'): Promise<void> {
  socket.end('NOOP\r\n')
  assert.equal(String(await readToEnd(socket)), `${greeting}NOOP\r\n`)
}

async function failure(
  options: DiallerOptions,
  target: { host: string; port: number },
  more: { signal?: AbortSignal; timeoutMs?: number; localAddress?: string } = {},
): Promise<DialError> {
  const dialled = createDialler(options).dial(target, { signal, timeoutMs: 5_000, ...more })
  try {
    const socket = await dialled
    socket.destroy()
  } catch (error) {
    assert.ok(error instanceof DialError, String(error))
    assert.equal(error.code, error.outcome === 'aborted' ? 'CHANNEL_ABORTED' : 'CHANNEL_DIAL')
    assert.ok(error.elapsedMs >= 0)
    return error
  }
  assert.fail('it was to fail')
}

const lookingUp =
  (...addresses: { address: string; family: number }[]): LookupFunction =>
  (_name, options, callback) => {
    const wanted = addresses.filter(({ family }) => !options.family || options.family === family)
    const [first] = wanted
    if (!first) return callback(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), '')
    if (options.all) callback(null, wanted)
    else callback(null, first.address, first.family)
  }

const HERE = { address: '127.0.0.1', family: 4 }

async function closedPort(): Promise<number> {
  return (await freeRange(1)).base
}

test('a literal and a name are dialled', async () => {
  await using server = await greeter()
  for (const host of ['127.0.0.1', 'localhost']) {
    const dialler = createDialler()
    const socket = await dialler.dial({ host, port: server.port }, { signal, timeoutMs: 5_000 })
    assert.equal(socket.readableFlowing, null)
    assert.equal(socket.allowHalfOpen, true)
    assert.ok(socket.listenerCount('error') > 0, 'an error without a listener would end the process')
    await talk(socket)
  }
})

test('what the peer says to a paused socket waits in the kernel', async () => {
  await using server = await greeter()
  const accepted = once(server.server, 'connection')
  const socket = await createDialler().dial(
    { host: '127.0.0.1', port: server.port },
    { signal, timeoutMs: 5_000, paused: true },
  )
  await accepted
  await new Promise(resolve => setTimeout(resolve, 20))
  assert.equal(socket.readableLength, 0)
  assert.equal(socket.isPaused(), true)
  await talk(socket)
})

test('every address of a name is tried', async () => {
  await using server = await greeter()
  const lookup = lookingUp({ address: '::1', family: 6 }, { address: '127.0.0.9', family: 4 }, HERE)
  const socket = await createDialler({ lookup }).dial(
    { host: 'ftp.example', port: server.port },
    { signal, timeoutMs: 5_000 },
  )
  await talk(socket)
})

test('the address to dial from is kept to, and decides the family', async () => {
  await using server = await greeter()
  const target = { host: '127.0.0.1', port: server.port }
  const bound = createDialler({ bind: '127.0.0.3' })
  await talk(await bound.dial(target, { signal, timeoutMs: 5_000 }))
  await talk(await bound.dial(target, { signal, timeoutMs: 5_000, localAddress: '::ffff:127.0.0.4' }))
  // An IPv6 control connection and an IPv4 address after PASV: the next best.
  await talk(await bound.dial(target, { signal, timeoutMs: 5_000, localAddress: '::1' }))
  const lookup = lookingUp({ address: '::1', family: 6 }, HERE)
  const named = createDialler({ bind: '127.0.0.5', lookup })
  await talk(await named.dial({ host: 'ftp.example', port: server.port }, { signal, timeoutMs: 5_000 }))
  assert.deepEqual(server.peers, ['127.0.0.3', '127.0.0.4', '127.0.0.3', '127.0.0.5'])
})

test('an address to dial from that is none is a wrong setting', () => {
  assert.throws(() => createDialler({ bind: 'eth0' }), { code: 'CHANNEL_SETTING' })
})

test('a login that SOCKS5 cannot carry is a wrong setting', () => {
  const proxy: ProxyServer = { kind: 'socks5', host: 'h', port: 1, user: 'x'.repeat(256), password: 'y' }
  assert.throws(() => createDialler({ proxy }), { code: 'CHANNEL_SETTING' })
})

test('a port where nobody listens refuses', async () => {
  const port = await closedPort()
  const error = await failure({}, { host: '127.0.0.1', port })
  assert.deepEqual([error.outcome, error.errno], ['refused', 'ECONNREFUSED'])
  assert.match(
    error.message,
    new RegExp(
      `^127\\.0\\.0\\.1:${port} refused the connection after \\d+ ms: .*nothing listens on port ${port}`,
    ),
  )
})

test('of several addresses the most telling failure counts, and all are named', async () => {
  const port = await closedPort()
  const lookup = lookingUp({ address: '::1', family: 6 }, { address: '127.0.0.9', family: 4 })
  const error = await failure({ lookup }, { host: 'ftp.example', port })
  assert.equal(error.outcome, 'refused')
  assert.match(error.message, /^ftp\.example:\d+ \(::1, 127\.0\.0\.9\) refused/)
})

const system: readonly { code: string; outcome: DialOutcome; says: RegExp }[] = [
  { code: 'ENOTFOUND', outcome: 'name', says: /address of ftp\.example cannot be found \(ENOTFOUND\)/ },
  { code: 'EAI_AGAIN', outcome: 'name', says: /spelling of the name and the DNS/ },
  { code: 'EHOSTUNREACH', outcome: 'unreachable', says: /no route to ftp\.example:21/ },
  { code: 'ENETUNREACH', outcome: 'unreachable', says: /no route/ },
  { code: 'EACCES', outcome: 'forbidden', says: /this machine does not allow/ },
  { code: 'EPERM', outcome: 'forbidden', says: /firewall or sandbox/ },
  { code: 'ETIMEDOUT', outcome: 'timeout', says: /did not answer/ },
  { code: 'ECONNRESET', outcome: 'reset', says: /was broken while it was being made/ },
  { code: 'EADDRINUSE', outcome: 'address-in-use', says: /no free port/ },
  { code: 'EMFILE', outcome: 'other', says: /dialling ftp\.example:21 failed: no, EMFILE/ },
]
for (const { code, outcome, says } of system) {
  test(`${code} is told as ${outcome}`, async () => {
    // The system says most of these in the same way, whether it looks a name up or connects.
    const lookup: LookupFunction = (_name, _options, callback) =>
      callback(Object.assign(new Error(`no, ${code}`), { code }), '')
    const error = await failure({ lookup }, { host: 'ftp.example', port: 21 })
    assert.deepEqual([error.outcome, error.errno], [outcome, code])
    assert.match(error.message, says)
  })
}

test('an address that is not ours to dial from', async () => {
  const error = await failure({ bind: '192.0.2.1' }, { host: '127.0.0.1', port: 1 })
  assert.deepEqual([error.outcome, error.errno], ['address-in-use', 'EADDRNOTAVAIL'])
  assert.match(error.message, /cannot be dialled from 192\.0\.2\.1 .*an address of this machine/)
})

test('a literal of the other family than the address to dial from', async () => {
  const error = await failure({ bind: '127.0.0.1' }, { host: '::1', port: 1 })
  assert.match(error.message, /^dialling \[::1\]:1 from 127\.0\.0\.1 failed|no route to \[::1\]:1 from 127/)
})

test('a port that is no port is told, too', async () => {
  const error = await failure({}, { host: '127.0.0.1', port: 70_000 })
  assert.equal(error.outcome, 'other')
})

const never: LookupFunction = () => {}

test('the time is over, and the caller’s signal', async () => {
  const late = await failure({ lookup: never }, { host: 'ftp.example', port: 21 }, { timeoutMs: 30 })
  assert.deepEqual([late.outcome, late.errno], ['timeout', 'ETIMEDOUT'])
  assert.match(late.message, /ftp\.example:21 did not answer within 0 seconds: a firewall on the way/)
  assert.ok(late.elapsedMs >= 29)
  const stop = new AbortController()
  const stopped = failure({ lookup: never }, { host: 'ftp.example', port: 21 }, { signal: stop.signal })
  stop.abort(new Error('enough'))
  const error = await stopped
  assert.deepEqual([error.outcome, error.cause], ['aborted', stop.signal.reason])
  const before = await failure({}, { host: '127.0.0.1', port: 1 }, { signal: AbortSignal.abort() })
  assert.equal(before.outcome, 'aborted')
})

const kinds: readonly {
  kind: ProxyServer['kind']
  make: (options: { login?: string; head?: string }) => Promise<TestProxy>
}[] = [
  { kind: 'socks5', make: socksProxy },
  { kind: 'http', make: httpProxy },
]
for (const { kind, make } of kinds) {
  for (const paused of [false, true]) {
    test(`${kind}: the proxy gets the name, and what comes with its answer is not lost${paused ? ' (paused)' : ''}`, async () => {
      for (const head of ['', '220 a greeting in a hurry\r\n']) {
        await using server = await greeter('127.0.0.1', '')
        await using through = await make({ head })
        const proxy: ProxyServer = { kind, host: 'localhost', port: through.port }
        const socket = await createDialler({ proxy }).dial(
          { host: 'ftp.example', port: server.port },
          { signal, timeoutMs: 5_000, paused },
        )
        assert.deepEqual(through.asked, [`ftp.example:${server.port}`])
        assert.equal(socket.isPaused(), paused)
        assert.ok(socket.listenerCount('error') > 0)
        await new Promise(resolve => setTimeout(resolve, 20))
        await talk(socket, head)
      }
    })
  }

  test(`${kind}: IPv6 literals and logins`, async () => {
    await using server = await greeter()
    await using through = await make({ login: 'user:pässword' })
    const proxy: ProxyServer = {
      kind,
      host: '127.0.0.1',
      port: through.port,
      user: 'user',
      password: 'pässword',
    }
    const socket = await createDialler({ proxy }).dial(
      { host: '2001:db8::1', port: server.port },
      { signal, timeoutMs: 5_000 },
    )
    await talk(socket)
    assert.equal(through.asked.length, 1)
    assert.match(String(through.asked[0]), /^\[2001:?0?db8/)
    for (const [login, says] of [
      [{ user: 'user', password: 'wrong' }, /does not accept user and password/],
      [{}, /wants a login: give it as (socks5|http):\/\/user:password@host/],
    ] as const) {
      const { user: _user, password: _password, ...plain } = proxy
      const error = await failure({ proxy: { ...plain, ...login } }, { host: 'ftp.example', port: 21 })
      assert.equal(error.outcome, 'proxy')
      assert.match(error.message, says)
    }
  })

  test(`${kind}: a proxy that is not there, one that says nothing, and one that hangs up`, async () => {
    const gone: ProxyServer = { kind, host: '127.0.0.1', port: await closedPort() }
    const absent = await failure({ proxy: gone }, { host: 'ftp.example', port: 21 })
    assert.deepEqual([absent.outcome, absent.errno], ['proxy', 'ECONNREFUSED'])
    assert.match(
      absent.message,
      /^the proxy \w+:\/\/127\.0\.0\.1:\d+ cannot be reached: 127\.0\.0\.1:\d+ refused/,
    )

    await using silent = await greeter('127.0.0.1', '')
    silent.server.removeAllListeners('connection').on('connection', socket => socket.on('error', () => {}))
    const proxy: ProxyServer = { kind, host: '127.0.0.1', port: silent.port }
    const late = await failure({ proxy }, { host: 'ftp.example', port: 21 }, { timeoutMs: 60 })
    assert.equal(late.outcome, 'timeout')
    assert.match(
      late.message,
      /^the proxy \S+, asked for ftp\.example:21, did not answer within 0\.1 seconds/,
    )
    const stop = new AbortController()
    silent.server.once('connection', () => stop.abort())
    const stopped = await failure({ proxy }, { host: 'ftp.example', port: 21 }, { signal: stop.signal })
    assert.equal(stopped.outcome, 'aborted')

    silent.server.removeAllListeners('connection').on('connection', socket => socket.destroy())
    const closed = await failure({ proxy }, { host: 'ftp.example', port: 21 })
    assert.equal(closed.outcome, 'proxy')
    assert.match(closed.message, /closed the connection/)
  })

  test(`${kind}: a proxy that is something else`, async () => {
    await using ftp = await greeter('127.0.0.1', '220 this is FTP\r\n')
    const proxy: ProxyServer = { kind, host: '127.0.0.1', port: ftp.port }
    const error = await failure({ proxy }, { host: 'ftp.example', port: 21 })
    assert.equal(error.outcome, 'proxy')
    assert.match(error.message, /does not speak (SOCKS5|HTTP): check the kind of the proxy and its port/)
  })
}

const answers: readonly { answer: number; outcome: DialOutcome; says: RegExp }[] = [
  { answer: 1, outcome: 'proxy', says: /general failure/ },
  { answer: 2, outcome: 'proxy', says: /does not allow connections to it/ },
  { answer: 3, outcome: 'unreachable', says: /no way to its network/ },
  { answer: 4, outcome: 'unreachable', says: /no way to it: check the name/ },
  { answer: 5, outcome: 'refused', says: /nothing listens there/ },
  { answer: 6, outcome: 'timeout', says: /got no answer from it/ },
  { answer: 7, outcome: 'proxy', says: /does not do CONNECT/ },
  { answer: 8, outcome: 'proxy', says: /this kind of address/ },
  { answer: 99, outcome: 'proxy', says: /did not open it/ },
]
for (const { answer, outcome, says } of answers) {
  test(`socks5: the answer ${answer} is told as ${outcome}`, async () => {
    await using through = await socksProxy({ answer })
    const proxy: ProxyServer = { kind: 'socks5', host: '127.0.0.1', port: through.port }
    const error = await failure({ proxy }, { host: 'ftp.example', port: 21 })
    assert.equal(error.outcome, outcome)
    assert.match(error.message, says)
    assert.match(error.message, /^the proxy socks5:\/\/127\.0\.0\.1:\d+, asked for ftp\.example:21, /)
  })
}

const refusals: readonly { refuse: string; says: RegExp }[] = [
  {
    refuse: '403 Forbidden',
    says: /does not allow connections to it: ask whoever runs the proxy .* \(403 Forbidden\)/,
  },
  { refuse: '502 Bad Gateway', says: /could not connect to it: .* \(502 Bad Gateway\)/ },
  { refuse: '503 Service Unavailable', says: /could not connect to it/ },
  { refuse: '504 Gateway Timeout', says: /got no answer from it/ },
  { refuse: '407 Who are you', says: /wants a login/ },
  { refuse: '500', says: /did not open it \(500\)/ },
  { refuse: `599 ${'x'.repeat(5000)}`, says: /\(599 x{120}\)$/ },
]
for (const { refuse, says } of refusals) {
  test(`http: ${refuse.slice(0, 30)}`, async () => {
    await using through = await httpProxy({ refuse })
    const proxy: ProxyServer = { kind: 'http', host: '127.0.0.1', port: through.port }
    const error = await failure({ proxy }, { host: 'ftp.example', port: 21 })
    assert.equal(error.outcome, 'proxy')
    assert.match(error.message, says)
  })
}

test('socks5: a proxy that hangs up between two messages', async () => {
  for (const message of [1, 2] as const) {
    for (const act of [(client: Socket) => client.destroy(), (client: Socket) => client.resetAndDestroy()]) {
      await using through = await socksProxy({ instead: { message, act } })
      const proxy: ProxyServer = { kind: 'socks5', host: '127.0.0.1', port: through.port }
      const error = await failure({ proxy }, { host: 'ftp.example', port: 21 })
      assert.match(error.message, /closed the connection/)
    }
  }
})

test('socks5: what comes with the answer is heard, although the end comes with it', async () => {
  const answer = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
  for (const text of ['421 too many\r\n', '']) {
    const act = (client: Socket) => client.end(Buffer.concat([answer, Buffer.from(text)]))
    await using through = await socksProxy({ instead: { message: 2, act } })
    const proxy: ProxyServer = { kind: 'socks5', host: '127.0.0.1', port: through.port }
    const target = { host: 'ftp.example', port: 21 }
    const socket = await createDialler({ proxy }).dial(target, { signal, timeoutMs: 5_000 })
    assert.equal(String(await readToEnd(socket)), text)
  }
})

test('a name that no proxy can carry is not sent', async () => {
  const proxy: ProxyServer = { kind: 'socks5', host: '127.0.0.1', port: 1 }
  const error = await failure({ proxy }, { host: 'x'.repeat(256), port: 21 })
  assert.equal(error.outcome, 'name')
})

test('no handle is left of diallings that failed', async () => {
  const handles = () => process.getActiveResourcesInfo().filter(name => /^TCP/.test(name)).length
  const before = handles()
  const port = await closedPort()
  for (let round = 0; round < 5; round++) {
    await failure({}, { host: '127.0.0.1', port })
    await failure({ lookup: never }, { host: 'ftp.example', port }, { timeoutMs: 1 })
  }
  for (let turn = 0; turn < 50 && handles() > before; turn++)
    await new Promise(resolve => setTimeout(resolve, 5))
  assert.ok(handles() <= before, String(process.getActiveResourcesInfo()))
})

for (const { kind, make } of kinds) {
  test(`${kind}: a server that says why not and hangs up at once is heard`, async () => {
    const server = createServer(socket => socket.on('error', () => {}).end('421 too many\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    for (const head of ['', '220-hello\r\n']) {
      await using through = await make({ head })
      const proxy: ProxyServer = { kind, host: '127.0.0.1', port: through.port }
      const socket = await createDialler({ proxy }).dial(
        { host: 'ftp.example', port: portOf(server) },
        { signal, timeoutMs: 5_000 },
      )
      assert.equal(String(await readToEnd(socket)), `${head}421 too many\r\n`)
    }
    server.close()
  })
}
