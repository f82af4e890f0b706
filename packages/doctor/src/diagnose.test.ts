import assert from 'node:assert/strict'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { test } from 'node:test'
import type { ClientOptions } from '@portolan/client'
import type { DoctorAsk } from './ask.ts'
import { diagnose } from './diagnose.ts'
import type { Diagnosis } from './diagnosis.ts'
import { STEP_NAMES, type Step } from './evidence.ts'

const PASSWORD = 'open sesame'
const LISTING = 'type=file;size=5;modify=20260101000000; hello.txt\r\n'

/** What a server says to a command: lines, nothing at all, or an end. */
type Answer = string | 'silence' | 'hang up'
type Script = Readonly<Record<string, Answer>>

const GOOD: Script = {
  USER: '331 Password',
  PASS: '230 Welcome',
  SYST: '215 UNIX Type: L8',
  FEAT: '211-Features:\r\n EPSV\r\n MLST size*;\r\n UTF8\r\n211 End',
  TYPE: '200 OK',
  NOOP: '200 OK',
  QUIT: '221 Bye',
}

/** An FTP server on the loopback that follows a script; EPSV, PASV and MLSD work unless the script has them. */
async function scripted(script: Script, greeting = '220 Ready'): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    keep(sockets, socket)
    let data: Promise<Socket> | undefined
    let listener: Server | undefined
    socket.once('close', () => listener?.close())
    if (greeting !== '') socket.write(`${greeting}\r\n`)
    const passive = async () => {
      listener?.close()
      const { promise, resolve } = Promise.withResolvers<Socket>()
      data = promise
      listener = createServer(arrived => resolve(keep(sockets, arrived)))
      return listen(listener)
    }
    onLines(socket, async line => {
      const verb = (line.split(' ', 1)[0] ?? '').toUpperCase()
      const answer = script[verb] ?? GOOD[verb]
      if (answer === 'silence') return
      if (answer === 'hang up') socket.destroy()
      else if (answer !== undefined) socket.write(`${answer}\r\n`)
      else if (verb === 'EPSV') socket.write(`229 Here (|||${await passive()}|)\r\n`)
      else if (verb === 'PASV') {
        const port = await passive()
        socket.write(`227 Here (127,0,0,1,${port >> 8},${port & 255})\r\n`)
      } else if ((verb === 'MLSD' || verb === 'LIST') && data) {
        socket.write('150 Here\r\n')
        const connection = await data
        connection.end(LISTING, () => socket.write('226 Done\r\n'))
      } else socket.write('502 No\r\n')
    })
  })
  const port = await listen(server)
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function keep(sockets: Set<Socket>, socket: Socket): Socket {
  sockets.add(socket)
  return socket.on('error', () => {}).on('close', () => sockets.delete(socket))
}

function onLines(socket: Socket, take: (line: string) => Promise<void>): void {
  let held = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const lines = (held + chunk).split('\r\n')
    held = lines.pop() ?? ''
    for (const line of lines) void take(line)
  })
}

async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return addressOf(server).port
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address
}

async function run(
  port: number,
  options: Partial<ClientOptions> = {},
  ask: Partial<DoctorAsk> = {},
): Promise<Diagnosis & { readonly told: readonly Step[] }> {
  const told: Step[] = []
  const diagnosis = await diagnose({
    options: { host: '127.0.0.1', port, user: 'ada', password: PASSWORD, ...options },
    stepMs: 300,
    onStep: step => told.push(step),
    ...ask,
  })
  return { ...diagnosis, told }
}

const codes = ({ verdicts }: Diagnosis) => verdicts.map(({ code }) => code)
const statusOf = ({ steps }: Diagnosis, name: string) => steps.find(({ step }) => step === name)?.status

test('a server that does as it should is examined whole, each step once, and told as it ends', async () => {
  await using server = await scripted({})
  const found = await run(server.port)
  assert.deepEqual([found.outcome, codes(found)[0]], ['good', 'ALL_GOOD'])
  assert.deepEqual(
    found.steps.map(({ step }) => step),
    STEP_NAMES,
  )
  assert.equal(found.told.length, STEP_NAMES.length)
  assert.deepEqual([found.works?.rung, found.works?.asAsked], ['EPSV', true])
  for (const step of ['epsv', 'pasv', 'ports', 'listing', 'closing'])
    assert.equal(statusOf(found, step), 'pass', step)
})

const hostile: readonly [string, Script, string, string, string?][] = [
  ['says nothing', {}, 'no-login', 'NO_GREETING', ''],
  ['greets without end', {}, 'no-login', 'NO_GREETING', '220-Welcome\r\n220-still'],
  ['sends garbage', {}, 'no-login', 'NOT_FTP', '\x00\xff\x00garbage'],
  ['lets nobody in', {}, 'no-login', 'SERVER_BUSY', '421 Too many'],
  [
    'wants TLS for the login',
    { USER: '530 Please use TLS: encryption is required' },
    'no-login',
    'TLS_REQUIRED',
  ],
  [
    'repeats the password that it refuses',
    { PASS: `530 PASS ${PASSWORD} is wrong` },
    'no-login',
    'LOGIN_FAILED',
  ],
  ['hangs up at the login', { PASS: 'hang up' }, 'no-login', 'LOGIN_BROKE'],
  ['goes silent at the login', { PASS: 'silence' }, 'no-login', 'LOGIN_BROKE'],
  ['is full at the login', { PASS: '421 Too many connections' }, 'no-login', 'TOO_MANY_CONNECTIONS'],
  ['hangs up at FEAT', { FEAT: 'hang up' }, 'no-login', 'LOGIN_BROKE'],
  ['has no FEAT', { FEAT: '502 No' }, 'good', 'ALL_GOOD'],
  ['sends a FEAT that is none', { FEAT: '211 x' }, 'good', 'ALL_GOOD'],
  ['refuses both passive commands', { EPSV: '502 No', PASV: '502 No' }, 'no-data', 'PASSIVE_REFUSED'],
  ['answers EPSV with nonsense', { EPSV: '229 Here (|||99999|)' }, 'good', 'ALL_GOOD'],
  ['answers both with nonsense', { EPSV: '229 Here', PASV: '227 Here' }, 'no-data', 'PASSIVE_REFUSED'],
  ['goes silent at both', { EPSV: 'silence', PASV: 'silence' }, 'no-data', 'ALG_DROPS'],
  ['hangs up at both', { EPSV: 'hang up', PASV: 'hang up' }, 'no-data', 'ALG_DROPS'],
  ['may not list', { MLSD: '550 Permission denied' }, 'no-data', 'LISTING_REFUSED'],
  ['goes silent at the listing', { MLSD: 'silence', LIST: 'silence' }, 'no-data', 'TRANSFER_BROKE'],
  ['hangs up at the listing', { MLSD: 'hang up', LIST: 'hang up' }, 'no-data', 'TRANSFER_BROKE'],
]

for (const [what, script, outcome, code, greeting] of hostile) {
  test(`a server that ${what}: ${outcome}, ${code}`, async () => {
    await using server = await scripted(script, greeting)
    const found = await run(server.port)
    assert.deepEqual(
      [found.outcome, codes(found)[0]],
      [outcome, code],
      JSON.stringify(found.verdicts, null, 1),
    )
    assert.doesNotMatch(JSON.stringify(found), new RegExp(PASSWORD))
    assert.equal(found.steps.length, STEP_NAMES.length)
  })
}

test('a server that lets one session in is examined with that one', async () => {
  let sessions = 0
  await using inner = await scripted({})
  const limited = createServer(socket => {
    socket.on('error', () => {})
    if (sessions > 0) {
      socket.end('421 Too many connections\r\n')
      return
    }
    sessions++
    socket.once('close', () => {
      sessions--
    })
    const onwards = connect(inner.port, '127.0.0.1')
    onwards.on('error', () => {})
    socket.pipe(onwards).pipe(socket)
  })
  const port = await listen(limited)
  try {
    const found = await run(port)
    assert.deepEqual(
      [found.outcome, statusOf(found, 'epsv'), statusOf(found, 'ports')],
      ['good', 'pass', 'pass'],
    )
    assert.ok(codes(found).includes('SESSIONS_LIMITED'), codes(found).join(', '))
  } finally {
    limited.close()
  }
})

test('through a proxy the name goes to the proxy, and what it cannot do is left out with the reason', async () => {
  await using server = await scripted({})
  const asked: string[] = []
  const proxy = createHttpServer().on('connect', ({ url = '' }, socket) => {
    asked.push(url)
    const onwards = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      socket.pipe(onwards).pipe(socket)
    })
    for (const end of [socket, onwards]) end.on('error', () => {}).on('close', () => onwards.destroy())
  })
  const port = await listen(proxy)
  try {
    const found = await run(server.port, {
      host: 'ftp.example.org',
      proxy: `http://me:${encodeURIComponent('proxy-secret')}@127.0.0.1:${port}`,
    })
    assert.deepEqual([found.outcome, codes(found)], ['good', ['ALL_GOOD']], JSON.stringify(found.verdicts))
    assert.ok(
      asked.every(url => url.startsWith('ftp.example.org:')),
      asked.join(),
    )
    for (const step of ['seen', 'eprt', 'port']) assert.equal(statusOf(found, step), 'skip', step)
    assert.doesNotMatch(JSON.stringify(found), /proxy-secret/)
  } finally {
    proxy.close()
  }
})

test('the signal and the bound of the whole end it at once; what was found by then is reported', async () => {
  await using server = await scripted({ EPSV: 'silence', PASV: 'silence' })
  const stop = new AbortController()
  const found = await run(
    server.port,
    {},
    {
      stepMs: 60_000,
      signal: stop.signal,
      onStep: ({ step }) => step === 'login' && stop.abort(),
    },
  )
  assert.equal(statusOf(found, 'login'), 'pass')
  assert.equal(found.outcome, 'no-data')
  const late = await run(server.port, {}, { stepMs: 60_000, totalMs: 200 })
  assert.equal(late.outcome, 'no-data')
  assert.equal(late.steps.length, STEP_NAMES.length)
})

test('an option that cannot be used is refused before anything is sent', async () => {
  await assert.rejects(run(21, { mode: 'active', proxy: 'socks5://127.0.0.1' }), { code: 'FTP_SETTING' })
})
