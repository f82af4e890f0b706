import { PassThrough, Writable } from 'node:stream'
import type { ClientCase } from '../case.ts'
import { type Answer, bytesOf, inTurn, USUAL } from '../script.ts'

const SIZE = 100_000
const HALF = 50_000
/** More than the kernels on the way take. */
const HUGE = 24 * 1024 * 1024
const FILES = { a: SIZE }
const RETRY = { retry: { retries: 3 } }
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
/** Fails as it has to, and then something else is asked of the same session. */
const failsAndGoesOn =
  (expected: Parameters<Parameters<ClientCase['run']>[1]['failure']>[1]): ClientCase['run'] =>
  async (client, context) => {
    await context.failure(get(client, context), expected)
    return client.raw('NOOP')
  }
const GOES_ON = { result: { code: 200 } }
const GOT = { result: { bytes: SIZE } }
const WHOLE = { a: bytesOf(SIZE) }
const BEGIN: Answer = ['150 Coming', { accept: true }]
const END: Answer = [{ data: { end: 'clean' } }, '226 Done']
/** The wait lets the client read what came before the reset, which would throw it away. */
const CUT: Answer = [
  ...BEGIN,
  { data: { file: true, to: HALF } },
  { wait: 100 },
  { data: { end: 'reset' } },
  '426 Broken',
]
const retr = (...RETR: Answer) => ({ files: FILES, on: { RETR } })
const first = (...RETR: Answer) => ({ files: FILES, on: { RETR: inTurn(RETR, [USUAL]) } })
/** Sends so many bytes from the byte of REST on, and resets. */
const piece = (to: number): Answer => [
  ...BEGIN,
  { data: { file: true, to } },
  { wait: 30 },
  { data: { end: 'reset' } },
  '426 Broken',
]

/** RETR: replies and bytes in every order, and bytes that do not come. */
export const DOWNLOAD_CASES: readonly ClientCase[] = [
  {
    name: 'a download from a server that does everything right',
    why: 'the fake server itself',
    server: { files: FILES },
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: 0, end: 'proved' } },
    after: WHOLE,
    sessions: 1,
  },
  {
    name: '550 before anything of the data connection',
    why: 'requirement 3: the session in a known state',
    server: retr('550 No such file'),
    run: failsAndGoesOn({ code: 'FTP_REPLY', phase: 'command', reply: 550, retryable: false }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '150 and 550 in one segment',
    why: 'complaint 9 (basic-ftp #106, aeroftp #698)',
    server: retr({ raw: '150 Coming\r\n550 No, after all\r\n' }),
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 550 }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '150 and 226 in one segment before the first byte',
    why: 'complaint 9',
    server: retr(
      { raw: '150 Coming\r\n226 Done\r\n' },
      { accept: true },
      { wait: 50 },
      { data: { file: true } },
      { data: { end: 'clean' } },
    ),
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: '226 before the data has ended',
    why: 'complaint 9; requirement 8',
    server: retr(
      ...BEGIN,
      { data: { file: true, to: HALF } },
      '226 Done',
      { wait: 100 },
      { data: { file: true, from: HALF } },
      { data: { end: 'clean' } },
    ),
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'no 150',
    why: 'requirement 8: missing 1yz',
    server: retr({ accept: true }, { data: { file: true } }, ...END),
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: 'no 150, and a file that no buffer on the way holds',
    why: 'requirement 8: missing 1yz',
    server: { files: { a: HUGE }, on: { RETR: [{ accept: true }, { data: { file: true } }, ...END] } },
    run: get,
    expect: { result: { bytes: HUGE } },
    after: { a: HUGE },
  },
  {
    name: 'neither 150 nor a byte: the data-idle timer ends the wait',
    why: 'requirement 1: data-idle',
    server: retr({ accept: true }),
    client: { timeouts: { dataIdle: 300, explanation: 100 } },
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: 'data and its end before 150',
    why: 'complaint 9: data closed before 150',
    server: retr(
      { accept: true },
      { data: { file: true } },
      { data: { end: 'clean' } },
      { wait: 50 },
      '150 Coming',
      '226 Done',
    ),
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: 'the completion timer ends the wait for a 226 that never comes; the part is kept',
    why: 'requirement 1: completion',
    server: retr(...BEGIN, { data: { file: true } }, { data: { end: 'clean' } }),
    client: { timeouts: { completion: 300 } },
    run: get,
    expect: {
      error: { code: 'FTP_TIMEOUT', phase: 'completion', retryable: true, message: /completion time-out/ },
    },
    after: { a: { part: SIZE } },
  },
  {
    name: 'a 226 that takes longer than the reply timer: the completion timer counts',
    why: 'complaint 40 (rclone #7022): slow post-processing',
    server: retr(...BEGIN, { data: { file: true } }, { data: { end: 'clean' } }, { wait: 600 }, '226 Done'),
    client: { timeouts: { reply: 300 } },
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: 'a download that takes longer than the reply timer',
    why: 'complaint 25 (rclone #5328): the deadline is renewed by progress',
    server: retr(
      ...BEGIN,
      { data: { file: true, to: HALF } },
      { wait: 600 },
      { data: { file: true, from: HALF } },
      ...END,
    ),
    client: { timeouts: { reply: 300 } },
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: '226 twice in one segment: the next command has its own reply',
    why: 'complaint 20 (FluentFTP #873): stale replies',
    server: retr(
      ...BEGIN,
      { data: { file: true } },
      { data: { end: 'clean' } },
      { raw: '226 Done\r\n226 Done\r\n' },
    ),
    async run(client, context) {
      await get(client, context)
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    after: WHOLE,
    sessions: 1,
  },
  {
    name: 'a second 226 behind the next command: passed over, and the command has its own reply',
    why: 'complaint 20',
    server: retr(...BEGIN, { data: { file: true } }, ...END, { until: 'NOOP' }, '226 Done, I said'),
    async run(client, context) {
      await get(client, context)
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    after: WHOLE,
    events: ['unexpected-reply'],
    sessions: 1,
  },
  {
    name: 'a stale 226 after an error: the next transfer is in step',
    why: 'complaint 20: WinSCP, FluentFTP #453',
    server: {
      files: { ...FILES, b: 1_000 },
      on: {
        'RETR a': [
          ...BEGIN,
          { data: { end: 'reset' } },
          '426 Broken',
          { until: 'EPSV' },
          { wait: 50 },
          '226 Aborted',
        ],
      },
    },
    async run(client, context) {
      await context.failure(get(client, context), { code: 'FTP_REPLY', reply: 426 })
      return client.download('b', context.target('b'))
    },
    expect: { result: { bytes: 1_000 } },
    after: { b: 1_000 },
    sessions: 1,
  },
  {
    name: '426 in the middle: a part of what came is kept',
    why: 'complaint 6; requirement 8',
    server: retr(...CUT),
    run: get,
    expect: { error: { code: 'FTP_REPLY', reply: 426, retryable: true } },
    after: { a: { part: HALF } },
  },
  {
    name: 'a clean end before the size that was announced is no file',
    why: 'issue 3 section 5: never a half file',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }, ...END),
    run: failsAndGoesOn({ code: 'FTP_CHANGED', retryable: true, message: /100000 bytes/ }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: 'more bytes than announced are no file',
    why: 'issue 3 section 5: SIZE lies',
    server: { files: FILES, on: { SIZE: ['213 1000'] } },
    run: get,
    expect: { error: { code: 'FTP_CHANGED', retryable: true } },
  },
  {
    name: 'bytes without end where 1000 were announced do not fill the disk',
    why: 'issue 3 section 5: never unbounded',
    server: {
      files: FILES,
      on: { SIZE: ['213 1000'], RETR: [...BEGIN, { data: { endless: 'x'.repeat(65_536) } }] },
    },
    client: { timeouts: { explanation: 500 } },
    run: get,
    expect: { error: { code: 'FTP_CHANGED' } },
  },
  ...['213 -5', '213 many', '213', '213 1e3', '550 SIZE not allowed in ASCII mode', '500 What?'].map(
    (SIZE_REPLY): ClientCase => ({
      name: `a size that cannot be read (${SIZE_REPLY}): the file is taken as long as it is`,
      why: 'issue 3 section 5: a server that lies',
      server: { files: FILES, on: { SIZE: [SIZE_REPLY] } },
      run: get,
      expect: { result: { bytes: SIZE, end: 'proved' } },
      after: WHOLE,
    }),
  ),
  {
    name: 'the data-idle timer ends a stall, and the download goes on from there',
    why: 'requirement 1: data-idle; complaint 6',
    server: first(...BEGIN, { data: { file: true, to: HALF } }),
    client: { timeouts: { dataIdle: 300, explanation: 100 }, ...RETRY },
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    received: { [`REST ${HALF}`]: 1, RETR: 2 },
    events: ['resume-download'],
    sessions: 2,
  },
  {
    name: 'a stall without retries is a typed error, and the part is kept',
    why: 'requirement 1: data-idle',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }),
    client: { timeouts: { dataIdle: 300, explanation: 100 } },
    run: get,
    expect: {
      error: {
        code: 'FTP_TRANSFER',
        phase: 'transfer',
        retryable: true,
        message: /sent no byte for 0\.3 seconds/,
      },
    },
    after: { a: { part: HALF } },
  },
  {
    name: 'a reset in the middle: the download goes on at exactly the next byte',
    why: 'complaint 6; issue 3, done 3',
    server: first(...CUT),
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    received: { [`REST ${HALF}`]: 1 },
    sessions: 1,
  },
  {
    name: 'ten cuts, with two retries in a row allowed: the file is right',
    why: 'issue 3, done 3',
    server: {
      files: { a: 1_000_000 },
      on: { RETR: inTurn(...Array.from({ length: 10 }, (_, i) => piece(90_000 * (i + 1))), [USUAL]) },
    },
    client: { retry: { retries: 2 } },
    run: get,
    expect: { result: { bytes: 1_000_000 } },
    after: { a: bytesOf(1_000_000) },
    received: { RETR: 11 },
  },
  {
    name: 'a later download goes on where an earlier one was given up',
    why: 'issue 3 section 2: resumable',
    server: first(...CUT),
    async run(client, context) {
      await context.failure(get(client, context), { code: 'FTP_REPLY', reply: 426 })
      return get(client, context)
    },
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    received: { [`REST ${HALF}`]: 1 },
  },
  {
    name: 'the file changed between two tries: nothing of the old one is kept',
    why: 'requirement: resume at the verified offset',
    server: {
      files: FILES,
      on: {
        RETR: inTurn(CUT, [USUAL]),
        MDTM: inTurn(['213 20240102030405'], ['213 20250102030405']),
      },
    },
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: 0 } },
    after: WHOLE,
    received: { REST: 0 },
  },
  {
    name: 'REST that is refused: the download begins anew',
    why: 'brief: 350 missing',
    server: { files: FILES, on: { RETR: inTurn(CUT, [USUAL]), REST: ['502 REST not implemented'] } },
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE } },
    after: WHOLE,
  },
  {
    name: 'REST that is taken and not obeyed: the size shows it, and the file is right in the end',
    why: 'issue 3 section 5: a server that lies',
    server: {
      files: FILES,
      on: { RETR: inTurn(CUT, [...BEGIN, { data: { file: true, from: 0 } }, ...END], [USUAL]) },
    },
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE } },
    after: WHOLE,
    received: { RETR: 3 },
  },
  {
    name: 'a control connection that is reset in the middle: a new session goes on',
    why: 'complaint 5, complaint 34',
    server: first(...BEGIN, { data: { file: true, to: HALF } }, { wait: 100 }, { control: 'reset' }),
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    sessions: 2,
  },
  {
    name: '421 in the middle ends the wait for data at once',
    why: 'complaint 36; requirement 2',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }, { wait: 100 }, '421 Going down', {
      control: 'fin',
    }),
    run: get,
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /Going down/ } },
    after: { a: { part: HALF } },
  },
  {
    name: '550 while the data connection stands still ends the wait at once',
    why: 'complaint 36 (aeroftp #655): the 550 lay unread',
    server: retr(...BEGIN, { wait: 50 }, '550 The disk cannot be read'),
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 550 }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '451 behind a clean end of half the file',
    why: 'requirement 8',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }, { data: { end: 'clean' } }, '451 Read error'),
    run: get,
    expect: { error: { code: 'FTP_REPLY', phase: 'completion', reply: 451, retryable: true } },
    after: { a: { part: HALF } },
  },
  {
    name: 'a server that closes the control connection right behind 226',
    why: 'requirement 8',
    server: retr(...BEGIN, { data: { file: true } }, { data: { end: 'clean' } }, '226 Done, and goodbye', {
      control: 'fin',
    }),
    async run(client, context) {
      await get(client, context)
      await context.told('closed')
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    after: WHOLE,
    sessions: 2,
  },
  {
    name: 'a data connection that never ends although all bytes and 226 are there',
    why: 'complaint 24 (httrack #1074): hang on close',
    server: retr(...BEGIN, { data: { file: true } }, '226 Done'),
    client: { timeouts: { dataIdle: 300 } },
    run: get,
    expect: { result: { bytes: SIZE, end: 'claimed' } },
    after: WHOLE,
    events: ['end-not-proved'],
  },
  {
    name: 'a data connection that never ends, of a file whose size nobody told, is no file',
    why: 'complaint 24; issue 3 section 5',
    server: {
      files: FILES,
      on: { SIZE: ['500 What?'], RETR: [...BEGIN, { data: { file: true } }, '226 Done'] },
    },
    client: { timeouts: { dataIdle: 300 } },
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
    after: { a: { part: SIZE } },
  },
  {
    name: 'a download without a byte',
    why: 'complaint 27: zero-byte files',
    server: { files: { a: 0 } },
    run: get,
    expect: { result: { bytes: 0, end: 'proved' } },
    after: { a: '' },
  },
  {
    name: 'a file of no bytes, of a server that resets the data connection without ever taking it',
    why: 'issue 3 section 5',
    server: { files: { a: 0 }, on: { RETR: ['150 Coming', { unlisten: true }, '226 Done'] } },
    run: get,
    expect: { result: { bytes: 0, end: 'claimed' } },
    after: { a: '' },
  },
  {
    name: 'a download to a stream goes on at the byte where the stream stands',
    why: 'issue 3 section 2: streams',
    server: first(...CUT),
    client: RETRY,
    async run(client) {
      const chunks: Buffer[] = []
      const sink = new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk))
      await client.download('a', sink)
      return Buffer.concat(chunks).equals(bytesOf(SIZE))
    },
    expect: { result: true },
    received: { [`REST ${HALF}`]: 1 },
  },
  {
    name: 'a download to a stream whose server refuses REST is an error, not a wrong stream',
    why: 'issue 3 section 5',
    server: { files: FILES, on: { RETR: inTurn(CUT, [USUAL]), REST: ['502 REST not implemented'] } },
    client: RETRY,
    run: client => client.download('a', new PassThrough().resume()),
    expect: { error: { code: 'FTP_REPLY', reply: 502, retryable: false } },
    received: { RETR: 1 },
  },
  {
    name: 'a stream that gets more than announced is told of it before it is done',
    why: 'issue 3 section 5: SIZE lies',
    server: {
      files: FILES,
      on: { SIZE: ['213 1000'], RETR: [...BEGIN, { data: { endless: 'x'.repeat(65_536) } }] },
    },
    client: { timeouts: { explanation: 500 } },
    run: client => client.download('a', new PassThrough().resume()),
    expect: { error: { code: 'FTP_CHANGED' } },
  },
  {
    name: 'a stream that fails ends the transfer, and the session stays usable',
    why: 'issue 3 section 7: local errors',
    server: { files: { a: 2_000_000 } },
    async run(client, context) {
      const sink = new Writable({
        write(_chunk, _encoding, done) {
          done(new Error('no room'))
        },
      }).on('error', () => {})
      await context.failure(client.download('a', sink), {
        code: 'FTP_LOCAL',
        phase: 'local',
        message: /no room/,
      })
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    sessions: 1,
  },
]
