import { PassThrough, Writable } from 'node:stream'
import type { ClientCase } from '../case.ts'
import { type Answer, bytesOf, inTurn, USUAL } from '../script.ts'

const SIZE = 100_000
const HALF = 50_000
const FILES = { a: SIZE }
const RETRY = { retry: { retries: 3 } }
const get: ClientCase['run'] = (client, { target }) => client.download('a', target('a'))
const GOES_ON = { result: { code: 200 } }
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

/** Downloads that break, and go on: by REST, in files and in streams. */
export const RESUME_CASES: readonly ClientCase[] = [
  {
    name: 'the data-idle timer ends a stall, and the download goes on from there',
    why: 'every wait has a named bound: data-idle; basic-ftp #123, #124: resuming',
    server: first(...BEGIN, { data: { file: true, to: HALF } }),
    client: { timeouts: { dataIdle: 800, explanation: 300 }, ...RETRY },
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    received: { [`REST ${HALF}`]: 1, RETR: 2 },
    events: ['resume-download'],
    sessions: 2,
  },
  {
    name: 'a stall without retries is a typed error, and the part is kept',
    why: 'every wait has a named bound: data-idle',
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
    why: 'basic-ftp #123, #124: resuming; a download that is cut ten times',
    server: first(...CUT),
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    received: { [`REST ${HALF}`]: 1 },
    sessions: 1,
  },
  {
    name: 'a text that is cut begins anew: nobody can tell where in the file it was',
    why: 'ASCII mode',
    server: {
      files: { a: 'one\r\ntwo\r\nthree\r\n' },
      on: {
        RETR: inTurn(
          [...BEGIN, { data: { file: true, to: 7 } }, { data: { end: 'reset' } }, '426 Broken'],
          [USUAL],
        ),
      },
    },
    client: RETRY,
    run: (client, { target }) => client.download('a', target('a'), { type: 'ascii' }),
    expect: { result: { resumedAt: 0 } },
    after: { a: 'one\ntwo\nthree\n' },
    received: { REST: 0, RETR: 2 },
  },
  {
    name: 'ten cuts, with two retries in a row allowed: the file is right',
    why: 'a download that is cut ten times',
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
    why: 'resumable',
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
    why: 'resume at the verified offset',
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
    name: 'what a listing said of the file is asked anew for the second try: it may be another file of the same size',
    why: 'resume at the verified offset',
    server: { files: FILES, on: { RETR: inTurn(CUT, [USUAL]) } },
    client: RETRY,
    run: (client, { target }) => client.download('a', target('a'), { known: { size: SIZE, modified: 0 } }),
    expect: { result: { bytes: SIZE, resumedAt: 0, modified: 1_704_164_645_000 } },
    after: WHOLE,
    received: { SIZE: 1, MDTM: 1, REST: 0 },
  },
  {
    name: 'REST that is refused: the download begins anew',
    why: '350 missing',
    server: { files: FILES, on: { RETR: inTurn(CUT, [USUAL]), REST: ['502 REST not implemented'] } },
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE } },
    after: WHOLE,
  },
  {
    name: 'REST that is taken and not obeyed: the size shows it, and the file is right in the end',
    why: 'a server that lies',
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
    why: 'basic-ftp #16, #170: control connections that die; WinSCP 2110, 1878',
    server: first(...BEGIN, { data: { file: true, to: HALF } }, { wait: 100 }, { control: 'reset' }),
    client: RETRY,
    run: get,
    expect: { result: { bytes: SIZE, resumedAt: HALF } },
    after: WHOLE,
    sessions: 2,
  },
  {
    name: '421 in the middle ends the wait for data at once',
    why: 'aeroftp #655: a reply that lay unread; replies are matched to commands',
    server: retr(...BEGIN, { data: { file: true, to: HALF } }, { wait: 100 }, '421 Going down', {
      control: 'fin',
    }),
    run: get,
    expect: { error: { code: 'FTP_CLOSED', retryable: true, message: /Going down/ } },
    after: { a: { part: HALF } },
  },
  {
    name: 'a download to a stream goes on at the byte where the stream stands',
    why: 'streams',
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
    why: 'a server that lies, stalls or sends garbage',
    server: { files: FILES, on: { RETR: inTurn(CUT, [USUAL]), REST: ['502 REST not implemented'] } },
    client: RETRY,
    run: client => client.download('a', new PassThrough().resume()),
    expect: { error: { code: 'FTP_REPLY', reply: 502, retryable: false } },
    received: { RETR: 1 },
  },
  {
    name: 'a stream that gets more than announced is told of it before it is done',
    why: 'SIZE lies',
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
    why: 'local errors',
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
