import type { ClientCase } from '../case.ts'
import { type Answer, bytesOf } from '../script.ts'

const SIZE = 100_000
const HALF = 50_000
/** More than the kernels on the way take. */
const HUGE = 24 * 1024 * 1024
const FILES = { a: SIZE }
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
    why: 'the session in a known state',
    server: retr('550 No such file'),
    run: failsAndGoesOn({ code: 'FTP_REPLY', phase: 'command', reply: 550, retryable: false }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '150 and 550 in one segment',
    why: 'basic-ftp #106, aeroftp #698: races of the two channels',
    server: retr({ raw: '150 Coming\r\n550 No, after all\r\n' }),
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 550 }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '150 and 226 in one segment before the first byte',
    why: 'basic-ftp #106, aeroftp #698: races of the two channels',
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
    why: 'basic-ftp #106, aeroftp #698: races of the two channels; replies in every order',
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
    why: 'missing 1yz',
    server: retr({ accept: true }, { data: { file: true } }, ...END),
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: 'no 150, and a file that no buffer on the way holds',
    why: 'missing 1yz',
    server: { files: { a: HUGE }, on: { RETR: [{ accept: true }, { data: { file: true } }, ...END] } },
    run: get,
    expect: { result: { bytes: HUGE } },
    after: { a: HUGE },
  },
  {
    name: 'neither 150 nor a byte: the data-idle timer ends the wait',
    why: 'every wait has a named bound: data-idle',
    server: retr({ accept: true }),
    client: { timeouts: { dataIdle: 300, explanation: 100 } },
    run: get,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: 'data and its end before 150',
    why: 'basic-ftp #106, aeroftp #698: data closed before 150',
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
    why: 'every wait has a named bound: completion',
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
    why: 'rclone #7022: slow post-processing',
    server: retr(...BEGIN, { data: { file: true } }, { data: { end: 'clean' } }, { wait: 2_000 }, '226 Done'),
    client: { timeouts: { reply: 1_000 } },
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: 'a server that sends a little at a time is no stall',
    why: 'every wait has a named bound: data-idle is about silence',
    server: retr(
      ...BEGIN,
      ...[0, 1, 2, 3].flatMap(
        (i): Answer => [{ data: { file: true, from: i * 100, to: i * 100 + 100 } }, { wait: 600 }],
      ),
      { data: { file: true, from: 400 } },
      ...END,
    ),
    client: { timeouts: { dataIdle: 2_000 } },
    run: get,
    expect: { result: { bytes: SIZE, end: 'proved' } },
    after: WHOLE,
  },
  {
    name: 'a download that takes longer than the reply timer',
    why: 'rclone #5328: the deadline is renewed by progress',
    server: retr(
      ...BEGIN,
      { data: { file: true, to: HALF } },
      { wait: 2_000 },
      { data: { file: true, from: HALF } },
      ...END,
    ),
    client: { timeouts: { reply: 1_000 } },
    run: get,
    expect: GOT,
    after: WHOLE,
  },
  {
    name: '226 twice in one segment: the next command has its own reply',
    why: 'FluentFTP #873: stale replies',
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
    why: 'FluentFTP #873, #453: stale replies',
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
    why: 'FluentFTP #873, #453: WinSCP, FluentFTP #453',
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
    why: 'basic-ftp #123, #124: resuming; replies in every order',
    server: retr(...CUT),
    run: get,
    expect: { error: { code: 'FTP_REPLY', reply: 426, retryable: true } },
    after: { a: { part: HALF } },
  },
  {
    name: 'a clean end before the size that was announced is no file',
    why: 'never a half file',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }, ...END),
    run: failsAndGoesOn({ code: 'FTP_CHANGED', retryable: true, message: /100000 bytes/ }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: 'more bytes than announced are no file',
    why: 'SIZE lies',
    server: { files: FILES, on: { SIZE: ['213 1000'] } },
    run: get,
    expect: { error: { code: 'FTP_CHANGED', retryable: true } },
  },
  {
    name: 'bytes without end where 1000 were announced do not fill the disk',
    why: 'never unbounded',
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
      why: 'a server that lies',
      server: { files: FILES, on: { SIZE: [SIZE_REPLY] } },
      run: get,
      expect: { result: { bytes: SIZE, end: 'proved' } },
      after: WHOLE,
    }),
  ),
  {
    name: '550 while the data connection stands still ends the wait at once',
    why: 'aeroftp #655: the 550 lay unread',
    server: retr(...BEGIN, { wait: 50 }, '550 The disk cannot be read'),
    run: failsAndGoesOn({ code: 'FTP_REPLY', reply: 550 }),
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '451 behind a clean end of half the file',
    why: 'replies in every order',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }, { data: { end: 'clean' } }, '451 Read error'),
    run: get,
    expect: { error: { code: 'FTP_REPLY', phase: 'completion', reply: 451, retryable: true } },
    after: { a: { part: HALF } },
  },
  {
    name: 'a server that closes the control connection right behind 226',
    why: 'replies in every order',
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
    why: 'httrack #1074: hang on close',
    server: retr(...BEGIN, { data: { file: true } }, '226 Done'),
    client: { timeouts: { dataIdle: 300 } },
    run: get,
    expect: { result: { bytes: SIZE, end: 'claimed' } },
    after: WHOLE,
    events: ['end-not-proved'],
  },
  {
    name: 'a data connection that never ends, of a file whose size nobody told, is no file',
    why: 'rclone #2912, httrack #1074: hangs; a server that lies, stalls or sends garbage',
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
    why: 'jlaffaye/ftp #282, lftp #420: zero-byte files',
    server: { files: { a: 0 } },
    run: get,
    expect: { result: { bytes: 0, end: 'proved' } },
    after: { a: '' },
  },
  {
    name: 'a file of no bytes, of a server that resets the data connection without ever taking it',
    why: 'a server that lies, stalls or sends garbage',
    server: { files: { a: 0 }, on: { RETR: ['150 Coming', { unlisten: true }, '226 Done'] } },
    run: get,
    expect: { result: { bytes: 0, end: 'claimed' } },
    after: { a: '' },
  },
]
