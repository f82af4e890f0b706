import { once } from 'node:events'
import { createServer } from 'node:net'
import type { ClientCase } from '../case.ts'
import { portOf } from '../ports.ts'
import { type Answer, USUAL } from '../script.ts'

const FILES = { a: 1_000 }
const ACTIVE = { mode: 'active' } as const
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
const GOT = { result: { bytes: 1_000, end: 'proved' } }
const retr = (...RETR: Answer) => ({ files: FILES, on: { EPRT: ['500 What?'], RETR } })
const SEND: Answer = [{ data: { file: true } }, { data: { end: 'clean' } }, '226 Done']

/** PORT and EPRT: the server dials, or does not. */
export const ACTIVE_CASES: readonly ClientCase[] = [
  {
    name: 'active mode by EPRT',
    why: 'basic-ftp #25, jlaffaye/ftp #29: active mode is asked for again and again',
    server: { files: FILES },
    client: ACTIVE,
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    received: { EPRT: 1, PORT: 0, EPSV: 0, PASV: 0 },
  },
  {
    name: 'EPRT that is not known: PORT, and EPRT is not asked again',
    why: 'the ladder of modes',
    server: { files: FILES, on: { EPRT: ['500 What?'] } },
    client: ACTIVE,
    async run(client, context) {
      await get(client, context)
      return client.download('a', context.target('b'))
    },
    expect: GOT,
    after: { a: 1_000, b: 1_000 },
    received: { EPRT: 1, PORT: 2 },
    sessions: 1,
  },
  {
    name: 'an upload in active mode',
    why: 'basic-ftp #25, jlaffaye/ftp #29: active mode',
    client: ACTIVE,
    run: async (client, { source }) => client.upload(await source('s', Buffer.from('hello')), 'b'),
    expect: { result: { bytes: 5 } },
    stored: { b: 'hello' },
  },
  {
    name: '500 Illegal PORT command: the error says that an external address may be needed',
    why: 'FluentFTP #1428, #1495',
    server: { files: FILES, on: { EPRT: ['500 Illegal EPRT command'], PORT: ['500 Illegal PORT command'] } },
    client: ACTIVE,
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /Illegal PORT.*external address/ } },
    received: { RETR: 0 },
  },
  {
    name: 'the external address that was set is announced',
    why: 'FluentFTP #1428, #1495; the modes of a connection',
    server: { files: FILES, on: { EPRT: ['500 No'], PORT: ['500 No'] } },
    client: { ...ACTIVE, externalAddress: '203.0.113.5' },
    async run(client, context) {
      await context.failure(get(client, context), { code: 'FTP_DATA', message: /203\.0\.113\.5/ })
      return context.server.lines.filter(line => /^(EPRT \|1\|203\.0\.113\.5\||PORT 203,0,113,5,)/.test(line))
        .length
    },
    expect: { result: 2 },
  },
  {
    name: 'the accept timer ends the wait for a server that never dials, and its 425 explains it',
    why: 'every wait has a named bound: accept; rclone #2912, httrack #1074: hangs',
    server: retr('150 Coming', { wait: 600 }, '425 Cannot open data connection'),
    client: { ...ACTIVE, timeouts: { accept: 300 } },
    async run(client, context) {
      await context.failure(get(client, context), { code: 'FTP_DATA', message: /did not connect.*425/ })
      return client.remove('x')
    },
    expect: { result: undefined },
    sessions: 1,
  },
  {
    name: 'a server that never dials and never says why: bounded all the same',
    why: 'rclone #2912, httrack #1074: hang on accept',
    server: retr('150 Coming'),
    client: { ...ACTIVE, timeouts: { accept: 200, completion: 200 } },
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /says nothing of it/ } },
  },
  {
    name: '425 while the server is waited for ends the wait at once',
    why: 'the control connection is read all the time',
    server: retr('150 Coming', { wait: 50 }, '425 Connection refused by your firewall'),
    client: ACTIVE,
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /425 Connection refused/ } },
  },
  {
    name: '550 before the server dials is that of the file: no other way is tried',
    why: 'aeroftp #655: a reply that lay unread',
    server: { on: { RETR: ['550 No such file'] }, files: FILES },
    client: ACTIVE,
    async run(client, context) {
      await context.failure(get(client, context), { code: 'FTP_REPLY', reply: 550 })
      return client.remove('x')
    },
    expect: { result: undefined },
    received: { EPRT: 1, PORT: 0, RETR: 1 },
    sessions: 1,
  },
  {
    name: 'a stranger at the active port is closed, and the server is waited for',
    why: 'the peer’s address is checked',
    server: retr('150 Coming', { stranger: '127.0.0.66' }, { dial: true }, ...SEND),
    client: ACTIVE,
    run: get,
    expect: GOT,
    after: { a: 1_000 },
    events: ['stranger'],
  },
  {
    name: 'a stranger alone: nothing of what it sends is taken',
    why: 'active mode done properly',
    server: retr('150 Coming', { stranger: '127.0.0.66' }, { wait: 400 }, '425 Nobody came'),
    client: { ...ACTIVE, timeouts: { accept: 300 } },
    run: get,
    expect: { error: { code: 'FTP_DATA', message: /127\.0\.0\.66/ } },
    events: ['stranger'],
  },
  {
    name: 'without the check of the address anybody may come',
    why: 'by default, so it can be switched off',
    server: retr('150 Coming', { dial: '127.0.0.66' }, ...SEND),
    client: { ...ACTIVE, checkPeer: false },
    run: get,
    expect: GOT,
    after: { a: 1_000 },
  },
  {
    name: 'every port of the active range is busy: told, and trying later may help',
    why: 'curl #7534',
    server: { files: FILES },
    async run(_, context) {
      await using busy = createServer().listen({ host: '127.0.0.1', port: 0 })
      await once(busy, 'listening')
      const client = context.another({
        ...ACTIVE,
        activePorts: { basePort: portOf(busy), numberOfPorts: 1 },
      })
      await get(client, context)
    },
    expect: { error: { code: 'FTP_DATA', retryable: true, message: /in use/ } },
    events: ['active-no-port'],
  },
  {
    name: 'the port comes from the range that was set',
    why: 'activePorts',
    server: { files: FILES, on: { PORT: ['500 What?'] } },
    async run(_, context) {
      const base = 42_000 + Math.floor(Math.random() * 1_000)
      const client = context.another({ ...ACTIVE, activePorts: { basePort: base, numberOfPorts: 16 } })
      await get(client, context)
      const port = Number(/^EPRT \|1\|127\.0\.0\.1\|(\d+)\|$/.exec(context.server.lines.at(-2) ?? '')?.[1])
      return port >= base && port < base + 16
    },
    expect: { result: true },
    after: { a: 1_000 },
  },
  {
    name: 'active mode through a proxy is refused at once, with the reason',
    why: 'the modes of a connection',
    async run(_, { another }) {
      another({ ...ACTIVE, proxy: 'socks5://127.0.0.1:1' })
    },
    expect: { error: { code: 'FTP_SETTING', message: /proxy only dials out/ } },
    sessions: 0,
  },
  {
    name: 'auto: active when every passive way has failed, and remembered',
    why: 'FluentFTP #542; basic-ftp #25, jlaffaye/ftp #29: active mode',
    server: {
      files: FILES,
      on: { EPSV: ['500 What?'], PASV: ['227 Entering Passive Mode (127,0,0,1,{f})'] },
    },
    client: { mode: 'auto', timeouts: { dataProbe: 300 } },
    async run(client, context) {
      await get(client, context)
      return client.download('a', context.target('b'))
    },
    expect: GOT,
    after: { a: 1_000, b: 1_000 },
    received: { EPSV: 1, PASV: 1, EPRT: 2 },
    sessions: 1,
  },
  {
    name: 'auto: a refusal of the file is no reason for another mode',
    why: 'the ladder of modes',
    server: { on: { RETR: ['550 No such file'] }, files: FILES },
    client: { mode: 'auto' },
    run: get,
    expect: { error: { code: 'FTP_REPLY', reply: 550 } },
    received: { EPSV: 1, PASV: 0, EPRT: 0, PORT: 0 },
  },
  {
    name: 'an abort while the server is waited for ends the wait, and the next operation works',
    why: 'AbortSignal everywhere',
    server: { files: FILES, on: { 'RETR a': ['150 Coming'], 'RETR b': [USUAL] } },
    client: { ...ACTIVE, timeouts: { explanation: 200 } },
    async run(client, context) {
      const stop = new AbortController()
      const work = client.download('a', context.target('a'), { signal: stop.signal })
      void context.received('RETR').then(() => stop.abort())
      await context.failure(work, { code: 'FTP_ABORTED' })
      return client.remove('x')
    },
    expect: { result: undefined },
    received: { DELE: 1 },
  },
  {
    name: 'an abort while the server’s explanation is waited for',
    why: 'AbortSignal everywhere',
    server: retr('150 Coming'),
    client: { ...ACTIVE, timeouts: { accept: 100 } },
    run: (client, context) => client.download('a', context.target('a'), { signal: AbortSignal.timeout(500) }),
    expect: { error: { code: 'FTP_ABORTED' } },
  },
]
