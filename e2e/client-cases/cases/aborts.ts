import type { CaseContext, ClientCase } from '../case.ts'
import { type Answer, bytesOf, inTurn, USUAL } from '../script.ts'

const SIZE = 100_000
const FILES = { a: SIZE, b: 1_000 }
const BEGIN: Answer = ['150 Coming', { accept: true }]
const NEXT = { after: { b: bytesOf(1_000) }, expect: { result: { bytes: 1_000 } } } as const

/** Starts something, aborts it when the server has received a line, and goes on with a download. */
function abortAt(
  line: string,
  start: (
    context: CaseContext,
    client: Parameters<ClientCase['run']>[0],
    signal: AbortSignal,
  ) => Promise<unknown>,
): ClientCase['run'] {
  return async (client, context) => {
    const stop = new AbortController()
    const work = start(context, client, stop.signal)
    void context.received(line).then(() => setTimeout(() => stop.abort(), 50))
    await context.failure(work, { code: 'FTP_ABORTED' })
    return client.download('b', context.target('b'))
  }
}

const download = abortAt('RETR a', ({ target }, client, signal) =>
  client.download('a', target('a'), { signal }),
)
const list = abortAt('LIST', (_, client, signal) => client.list(undefined, { signal }))
const HALF: Answer = [...BEGIN, { data: { file: true, to: 50_000 } }]

/** AbortSignal, wherever it fires, and whatever the server makes of ABOR. */
export const ABORT_CASES: readonly ClientCase[] = [
  {
    name: 'a signal that has fired already: nobody is dialled',
    why: 'AbortSignal everywhere',
    run: client => client.list(undefined, { signal: AbortSignal.abort() }),
    expect: { error: { code: 'FTP_ABORTED' } },
    sessions: 0,
  },
  {
    name: 'an abort while a filtered host is dialled',
    why: 'AbortSignal everywhere',
    at: 'filtered',
    run: client => client.connect({ signal: AbortSignal.timeout(200) }),
    expect: { error: { code: 'FTP_ABORTED', message: /too long/ } },
  },
  {
    name: 'an abort during the greeting',
    why: 'AbortSignal everywhere',
    server: { on: { GREETING: [] } },
    run: client => client.connect({ signal: AbortSignal.timeout(200) }),
    expect: { error: { code: 'FTP_ABORTED' } },
  },
  {
    name: 'an abort during the login: the next operation has a session of its own',
    why: 'AbortSignal during login',
    server: { files: FILES, on: { PASS: inTurn([], ['230 In']) } },
    run: abortAt('PASS', (_, client, signal) => client.connect({ signal })),
    ...NEXT,
    sessions: 2,
  },
  {
    name: 'an abort during the TLS handshake',
    why: 'AbortSignal everywhere',
    server: { on: { 'AUTH TLS': ['234 Go on'] } },
    client: { tls: 'explicit' },
    run: client => client.connect({ signal: AbortSignal.timeout(200) }),
    expect: { error: { code: 'FTP_ABORTED' } },
  },
  {
    name: 'an abort while a command is not answered',
    why: 'AbortSignal everywhere',
    server: { files: FILES, on: { 'DELE x': [] } },
    run: abortAt('DELE', (_, client, signal) => client.remove('x', { signal })),
    ...NEXT,
    sessions: 2,
  },
  {
    name: 'an abort while a filtered port is dialled for data: the session goes on',
    why: 'AbortSignal everywhere',
    server: { files: FILES, on: { EPSV: inTurn(['229 (|||{filtered}|)'], [USUAL]) } },
    run: abortAt('EPSV', ({ target }, client, signal) => client.download('a', target('a'), { signal })),
    ...NEXT,
    sessions: 1,
  },
  {
    name: 'an abort of a listing; ABOR has two replies: the same session goes on',
    why: 'RFC 959 section 4.1.3; curl #405',
    server: { files: FILES, on: { LIST: [...BEGIN, { until: 'ABOR' }, '426 Aborted'], ABOR: ['226 Done'] } },
    run: list,
    ...NEXT,
    received: { ABOR: 1 },
    sessions: 1,
  },
  {
    name: 'an abort of a download; ABOR has two replies: the same session goes on',
    why: 'RFC 959 section 4.1.3',
    server: {
      files: FILES,
      on: { 'RETR a': [...HALF, { until: 'ABOR' }, '426 Aborted'], ABOR: ['226 Done'] },
    },
    run: download,
    expect: NEXT.expect,
    after: { ...NEXT.after, a: { part: 50_000 } },
    sessions: 1,
  },
  {
    name: 'an abort of a download; the second reply to ABOR comes late',
    why: 'FluentFTP #873, #453: stale replies',
    server: {
      files: FILES,
      on: { 'RETR a': [...HALF, { until: 'ABOR' }, '426 Aborted'], ABOR: [{ wait: 150 }, '226 Done'] },
    },
    run: download,
    expect: NEXT.expect,
    after: { ...NEXT.after, a: { part: 50_000 } },
    sessions: 1,
  },
  {
    name: 'an abort of a download; ABOR has one reply: the next operation is in step',
    why: 'servers that answer ABOR with one reply',
    server: {
      files: FILES,
      on: { 'RETR a': [...HALF, { until: 'ABOR' }], ABOR: ['226 Closing data connection'] },
    },
    client: { timeouts: { explanation: 200 } },
    run: download,
    expect: NEXT.expect,
    after: { ...NEXT.after, a: { part: 50_000 } },
  },
  {
    name: 'an abort of a download; ABOR has no reply: the next operation has a session of its own',
    why: 'servers that answer ABOR never',
    server: { files: FILES, on: { 'RETR a': [...HALF, { until: 'ABOR' }], ABOR: [] } },
    client: { timeouts: { explanation: 200 } },
    run: download,
    expect: NEXT.expect,
    after: { ...NEXT.after, a: { part: 50_000 } },
    sessions: 2,
  },
  {
    name: 'an abort of a download; ABOR is not known',
    why: 'AbortSignal',
    server: {
      files: FILES,
      on: { 'RETR a': [...HALF, { until: 'ABOR' }, '426 Broken'], ABOR: ['502 What?'] },
    },
    run: download,
    expect: NEXT.expect,
    after: { ...NEXT.after, a: { part: 50_000 } },
    sessions: 1,
  },
  {
    name: 'an abort of an upload: the server sees no clean end',
    why: 'AbortSignal during transfer up',
    server: {
      files: FILES,
      on: {
        STOR: [...BEGIN, { data: { receive: 1_000 } }, { until: 'ABOR' }, '426 Aborted'],
        ABOR: ['226 Done'],
      },
    },
    run: abortAt('STOR', async ({ source }, client, signal) =>
      client.upload(await source('s', Buffer.alloc(24 * 1024 * 1024)), 'c', { signal }),
    ),
    ...NEXT,
    sessions: 1,
  },
  {
    name: 'an abort between two tries: no further one',
    why: 'AbortSignal everywhere',
    server: { on: { GREETING: ['421 Busy'] } },
    client: { retry: { retries: 9, firstDelay: 20_000 } },
    run: client => client.connect({ signal: AbortSignal.timeout(300) }),
    expect: { error: { code: 'FTP_ABORTED' } },
    sessions: 1,
  },
  {
    name: 'an abort while all sessions are in use',
    why: 'a pool that never deadlocks',
    server: {
      files: FILES,
      on: { 'RETR a': [...HALF, { until: 'ABOR' }, '426 Aborted'], ABOR: ['226 Done'] },
    },
    async run(client, context) {
      const stop = new AbortController()
      const busy = client.download('a', context.target('a'), { signal: stop.signal })
      await context.received('RETR a')
      await context.failure(client.pwd({ signal: AbortSignal.timeout(100) }), { code: 'FTP_ABORTED' })
      stop.abort()
      await context.failure(busy, { code: 'FTP_ABORTED' })
      return client.download('b', context.target('b'))
    },
    expect: NEXT.expect,
    after: { ...NEXT.after, a: { part: 50_000 } },
    sessions: 1,
  },
  {
    name: 'the client is closed while it connects: nothing stays open',
    why: 'a server that lies, stalls or sends garbage',
    server: { on: { GREETING: [{ wait: 200 }, '220 Ready'] } },
    async run(client, { failure }) {
      const work = client.list()
      setTimeout(() => void client.close(), 100)
      await failure(work, { code: 'FTP_CLOSED' })
    },
    expect: { result: undefined },
    received: { LIST: 0 },
  },
  {
    name: 'the client is closed in the middle of a download: it ends at once, and nothing stays open',
    why: 'a server that lies, stalls or sends garbage',
    server: { files: FILES, on: { RETR: HALF } },
    async run(client, context) {
      const work = client.download('a', context.target('a'))
      void context.received('RETR').then(() => setTimeout(() => void client.close(), 50))
      await context.failure(work, { code: 'FTP_CLOSED' })
    },
    expect: { result: undefined },
    after: { a: { part: 50_000 } },
  },
]
