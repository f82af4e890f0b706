import { SERVER_CA } from '../../../packages/channels/src/test-authority.ts'
import type { ClientCase } from '../case.ts'
import { type Answer, bytesOf, inTurn, USUAL } from '../script.ts'

const SIZE = 100_000
const HALF = 50_000
const FILES = { a: SIZE }
const WHOLE = { a: bytesOf(SIZE) }
const TLS_OPTIONS = { ca: SERVER_CA }
const TLS = { tls: 'explicit', tlsOptions: TLS_OPTIONS } as const
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
const SECURE: Answer = ['150 Coming', { accept: true }, { data: { secure: 'signed' } }]
const retr = (...RETR: Answer) => ({ files: FILES, on: { RETR } })
const NO_NOTIFY: Answer = [...SECURE, { data: { file: true } }, { data: { end: 'no-notify' } }, '226 Done']
/** What follows on the same session works. */
const failsAndGoesOn =
  (expected: Parameters<Parameters<ClientCase['run']>[1]['failure']>[1]): ClientCase['run'] =>
  async (client, context) => {
    await context.failure(get(client, context), expected)
    return client.raw('NOOP')
  }
const GOES_ON = { result: { code: 200 } }

/** Data connections under TLS: sessions, ends, handshakes in every order. */
export const TLS_DATA_CASES: readonly ClientCase[] = [
  {
    name: 'a server that requires the session of the control connection, ten times in a row',
    why: 'FluentFTP #773, python/cpython #63699: session reuse; cyberduck PR #18399: two tickets and no more',
    server: { files: { a: 1_000 }, requireReuse: true },
    client: TLS,
    async run(client, { target, events }) {
      for (let i = 0; i < 10; i++) await client.download('a', target(`a${i}`))
      return events.filter(event => event.type === 'tls' && event.channel === 'data' && event.reused).length
    },
    expect: { result: 10 },
    after: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, 1_000])),
    sessions: 1,
  },
  {
    name: 'the same by name: one identity for control and data',
    why: 'basic-ftp #282; basic-ftp #166',
    server: { files: FILES, requireReuse: true },
    client: { ...TLS, host: 'localhost' },
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'TLS 1.2 with session reuse required',
    why: 'FluentFTP #773, python/cpython #63699: session reuse',
    server: { files: FILES, requireReuse: true },
    client: { ...TLS, tlsOptions: { ca: SERVER_CA, maxVersion: 'TLSv1.2' } },
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'a server that requires a session that the client was told not to offer: 522 is told',
    why: 'SESSION_REUSE_REQUIRED',
    server: { files: FILES, requireReuse: true },
    client: { ...TLS, tlsOptions: { ca: SERVER_CA, resume: false } },
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 522, retryable: false }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: 'an upload under TLS: everything arrives before the end',
    why: 'basic-ftp #205, jlaffaye #240',
    server: { requireReuse: true },
    client: TLS,
    run: async (client, { source }) => client.upload(await source('s', bytesOf(3_000_000)), 'b'),
    expect: { result: { bytes: 3_000_000 } },
    stored: { b: bytesOf(3_000_000) },
  },
  {
    name: 'an upload without a byte under TLS has its handshake all the same',
    why: 'jlaffaye #282, lftp #420: handshakes',
    server: { requireReuse: true },
    client: TLS,
    run: async (client, { source }) => client.upload(await source('s', Buffer.alloc(0)), 'b'),
    expect: { result: { bytes: 0 } },
    stored: { b: '' },
  },
  {
    name: 'a download without a byte under TLS',
    why: 'jlaffaye/ftp #282, lftp #420: handshakes',
    server: { files: { a: 0 } },
    client: TLS,
    run: get,
    expect: { result: { bytes: 0, end: 'proved' } },
    after: { a: '' },
  },
  {
    name: 'a server that says 150 only when the handshake is done',
    why: 'handshake order',
    server: retr(
      { accept: true },
      { data: { secure: 'signed' } },
      '150 Coming',
      { data: { file: true } },
      { data: { end: 'clean' } },
      '226 Done',
    ),
    client: { ...TLS, timeouts: { begin: 200 } },
    run: get,
    expect: { result: { bytes: SIZE } },
    after: WHOLE,
  },
  {
    name: '150 and 226 in one segment, and the handshake after them',
    why: 'basic-ftp #106, aeroftp #698: races of the two channels; handshake order',
    server: retr(
      { raw: '150 Coming\r\n226 Done\r\n' },
      { accept: true },
      { wait: 50 },
      { data: { secure: 'signed' } },
      { data: { file: true } },
      { data: { end: 'clean' } },
    ),
    client: TLS,
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'a server that begins the handshake a while after 150',
    why: 'rclone #6426: handshake before command deadlocks',
    server: retr(
      '150 Coming',
      { wait: 200 },
      { accept: true },
      { data: { secure: 'signed' } },
      { data: { file: true } },
      { data: { end: 'clean' } },
      '226 Done',
    ),
    client: TLS,
    run: get,
    expect: { result: { bytes: SIZE } },
    after: WHOLE,
  },
  {
    name: 'no close_notify, and all bytes of the known size: the file',
    why: 'FluentFTP #508, curl #17130: IIS',
    server: retr(...NO_NOTIFY),
    client: TLS,
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'no close_notify where it is required: no file',
    why: 'a truncated download is an error',
    server: retr(...NO_NOTIFY),
    client: { ...TLS, tlsOptions: { ...TLS_OPTIONS, closeNotify: 'required' } },
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', phase: 'transfer', hint: /closeNotify/ } },
    after: { a: { part: SIZE } },
  },
  {
    name: 'no close_notify, and a size that nobody told: no file',
    why: 'a truncated download is an error',
    server: { files: FILES, on: { SIZE: ['500 What?'], RETR: NO_NOTIFY } },
    client: TLS,
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', hint: /closeNotify/ } },
    after: { a: { part: SIZE } },
  },
  {
    name: 'no close_notify, and a size that nobody told, where it is optional: the file',
    why: 'closeNotify',
    server: { files: FILES, on: { SIZE: ['500 What?'], RETR: NO_NOTIFY } },
    client: { ...TLS, tlsOptions: { ...TLS_OPTIONS, closeNotify: 'optional' } },
    run: get,
    expect: { result: { bytes: SIZE } },
    after: WHOLE,
  },
  {
    name: 'cut in the middle by somebody who cannot forge close_notify, and the server says 226: no file',
    why: 'a truncated download is an error',
    server: retr(...SECURE, { data: { file: true, to: HALF } }, { data: { end: 'no-notify' } }, '226 Done'),
    client: TLS,
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true, message: /TLS ended before all bytes/ } },
    after: { a: { part: HALF } },
  },
  {
    name: 'cut in the middle under TLS: the next try goes on from there',
    why: 'basic-ftp #123, #124: resuming',
    server: {
      files: FILES,
      on: {
        RETR: inTurn(
          [...SECURE, { data: { file: true, to: HALF } }, { data: { end: 'no-notify' } }, '426 Broken'],
          [USUAL],
        ),
      },
    },
    client: { ...TLS, retry: { retries: 1 } },
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF, end: 'proved' } },
    after: WHOLE,
    received: { [`REST ${HALF}`]: 1 },
  },
  {
    name: 'garbage below TLS in the middle',
    why: 'a server that lies, stalls or sends garbage',
    server: retr(
      ...SECURE,
      { data: { file: true, to: HALF } },
      { wait: 100 },
      { data: { under: 'this is no record of TLS at all, and long enough to be read' } },
      { wait: 50 },
      '226 Done',
    ),
    client: TLS,
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', message: /TLS/ } },
    after: { a: { part: HALF } },
  },
  {
    name: 'a listing without close_notify: complete by the server’s word, and said so',
    why: 'FluentFTP #508, curl #17130: no close_notify',
    server: {
      on: {
        LIST: [
          ...SECURE,
          { data: { send: '-rw-r--r-- 1 a a 10 Jan 02 2024 one.txt\r\n' } },
          { data: { end: 'no-notify' } },
          '226 Done',
        ],
      },
    },
    client: TLS,
    run: client => client.list(),
    expect: { result: { entries: [{ name: 'one.txt' }], end: 'claimed' } },
    events: ['end-not-proved'],
  },
  ...(['other-name', 'self-signed', 'expired'] as const).map(
    (certificate): ClientCase => ({
      name: `another certificate on the data connection (${certificate}): nothing is taken from there`,
      why: 'basic-ftp #166; one identity',
      server: retr(
        '150 Coming',
        { accept: true },
        { data: { secure: certificate } },
        { data: { file: true } },
        { data: { end: 'clean' } },
        '226 Done',
      ),
      client: { ...TLS, timeouts: { explanation: 300 } },
      run: get,
      expect: { error: { code: 'FTP_DATA', phase: 'data-tls' } },
    }),
  ),
  {
    name: 'another certificate on the data connection, without verification: it has to be that of the control connection',
    why: 'one identity',
    server: {
      files: FILES,
      on: {
        RETR: [
          '150 Coming',
          { accept: true },
          { data: { secure: 'self-signed' } },
          { data: { file: true } },
          { data: { end: 'clean' } },
          '226 Done',
        ],
      },
    },
    client: { tls: 'explicit', tlsOptions: { verify: false }, timeouts: { explanation: 300 } },
    run: get,
    expect: { error: { code: 'FTP_DATA', phase: 'data-tls' } },
  },
  {
    name: 'the same certificate and a session of its own on the data connection',
    why: 'servers without session reuse',
    server: retr(
      '150 Coming',
      { accept: true },
      { data: { secure: 'fresh' } },
      { data: { file: true } },
      { data: { end: 'clean' } },
      '226 Done',
    ),
    client: TLS,
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'the data-connect timer ends the wait for a handshake that never comes',
    why: 'every wait has a named bound: tls; TLS handshake stalls',
    server: retr('150 Coming', { accept: true }),
    client: { ...TLS, timeouts: { dataConnect: 300, explanation: 100 } },
    run: get,
    expect: { error: { code: 'FTP_DATA', phase: 'data-tls', retryable: true, message: /too long/ } },
  },
  {
    name: 'a handshake that never comes, for a file that is not there: the 550 ends the wait',
    why: 'aeroftp #655: a reply that lay unread',
    server: retr('150 Coming', { accept: true }, { wait: 50 }, '550 No such file'),
    client: TLS,
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 550 }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '550 at once, with PROT P',
    why: 'the session stays in a known state',
    server: retr('550 No such file'),
    client: TLS,
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 550 }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: 'garbage in place of the handshake of the data connection',
    why: 'a server that lies, stalls or sends garbage',
    server: retr(
      '150 Coming',
      { accept: true },
      { data: { under: 'x'.repeat(1_000) } },
      { wait: 50 },
      '226 Done',
    ),
    client: TLS,
    run: get,
    expect: { error: { code: 'FTP_DATA', phase: 'data-tls', message: /did not speak TLS/ } },
  },
  {
    name: 'a TLS alert on the data connection',
    why: 'a server that lies, stalls or sends garbage',
    server: retr(
      '150 Coming',
      { accept: true },
      { data: { under: '\x15\x03\x03\x00\x02\x02\x28' } },
      { wait: 50 },
      '425 TLS session of data connection has not resumed',
    ),
    client: TLS,
    run: get,
    expect: { error: { code: 'FTP_DATA', phase: 'data-tls', message: /425.*not resumed/ } },
  },
  {
    name: 'a data connection that is reset in place of its handshake',
    why: 'connects, immediately RST',
    server: retr('150 Coming', { accept: true }, { data: { end: 'reset' } }, '425 No'),
    client: TLS,
    run: get,
    expect: { error: { code: 'FTP_DATA', phase: 'data-tls', retryable: true } },
  },
  {
    name: 'active mode under TLS: the client is still the TLS client',
    why: 'RFC 4217 section 10',
    server: { files: FILES, requireReuse: true },
    client: { ...TLS, mode: 'active' },
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
    received: { EPRT: 1 },
  },
]
