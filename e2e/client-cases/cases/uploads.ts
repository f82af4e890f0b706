import { PassThrough } from 'node:stream'
import type { ClientCase } from '../case.ts'
import { type Answer, bytesOf, FEATURES, inTurn, USUAL } from '../script.ts'

const SIZE = 300_000
const WHOLE = bytesOf(SIZE)
/** More than the kernels on the way take without the server. */
const HUGE = 24 * 1024 * 1024
const RETRY = { retry: { retries: 3 } }
const BEGIN: Answer = ['150 Go on', { accept: true }]
const END: Answer = [{ data: { end: 'clean' } }, '226 Done']
const put: ClientCase['run'] = async (client, { source }) => client.upload(await source('s', WHOLE), 'b')
const putHuge: ClientCase['run'] = async (client, { source }) =>
  client.upload(await source('s', Buffer.alloc(HUGE, 'x')), 'b')
const stor = (...STOR: Answer) => ({ on: { STOR } })
const first = (...STOR: Answer) => ({ on: { STOR: inTurn(STOR, [USUAL]) } })
const PART: Answer = [...BEGIN, { data: { receive: 100_000 } }]
const GOES_ON = { result: { code: 200 } }

/** STOR and its kin: servers that refuse, stop reading, or lose the 226. */
export const UPLOAD_CASES: readonly ClientCase[] = [
  {
    name: 'an upload to a server that does everything right',
    why: 'the fake server itself',
    run: put,
    expect: { result: { bytes: SIZE, resumedAt: 0 } },
    stored: { b: WHOLE },
    sessions: 1,
  },
  {
    name: '553 before the data connection is used',
    why: 'the session in a known state',
    server: stor('553 Not here'),
    async run(client, context) {
      await context.failure(putHuge(client, context), { code: 'FTP_REPLY', reply: 553, retryable: false })
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '552 in the middle, with the data connection reset',
    why: 'quota',
    server: stor(...PART, { data: { end: 'reset' } }, '552 Quota exceeded'),
    async run(client, context) {
      await context.failure(putHuge(client, context), { code: 'FTP_REPLY', reply: 552, retryable: false })
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: '552 in the middle, and the data connection left standing: the wait ends at once',
    why: 'aeroftp #655: a reply that lay unread',
    server: stor(...PART, '552 Quota exceeded'),
    async run(client, context) {
      await context.failure(putHuge(client, context), { code: 'FTP_REPLY', reply: 552 })
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: 'no 150 to an upload',
    why: 'missing 1yz',
    server: stor({ accept: true }, { data: { receive: 'all' } }, ...END),
    client: { timeouts: { begin: 200 } },
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
  {
    name: 'a server that talks on the data connection of an upload',
    why: 'garbage at any point',
    server: stor(...BEGIN, { data: { send: 'x'.repeat(100_000) } }, { data: { receive: 'all' } }, ...END),
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
  {
    name: 'the data-idle timer ends an upload that the server does not read',
    why: 'every wait has a named bound: data-idle',
    server: stor(...PART),
    client: { timeouts: { dataIdle: 400, explanation: 100 } },
    run: putHuge,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true, message: /took no byte for 0\.4 seconds/ } },
  },
  {
    name: 'an upload that takes longer than the reply timer',
    why: 'rclone #5328, curl #15947: the good 226 was lost',
    server: stor(...PART, { wait: 2_000 }, { data: { receive: 'all' } }, ...END),
    client: { timeouts: { reply: 1_000 } },
    run: putHuge,
    expect: { result: { bytes: HUGE } },
  },
  {
    name: 'a 226 that comes long after the data: the completion timer counts',
    why: 'rclone #5328, curl #15947: deadlines that do not see progress; rclone #7022',
    server: stor(
      ...BEGIN,
      { data: { receive: 'all' } },
      { data: { end: 'clean' } },
      { wait: 2_000 },
      '226 Done',
    ),
    client: { timeouts: { reply: 1_000 } },
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
  {
    name: 'the completion timer ends the wait for the 226 of an upload',
    why: 'every wait has a named bound: completion',
    server: stor(...BEGIN, { data: { receive: 'all' } }, { data: { end: 'clean' } }),
    client: { timeouts: { completion: 300 } },
    run: put,
    expect: {
      error: { code: 'FTP_TIMEOUT', phase: 'completion', retryable: true, message: /completion time-out/ },
    },
  },
  {
    name: 'a reset in the middle: the upload goes on behind what the server has, by SIZE and REST',
    why: 'basic-ftp #123: resuming',
    server: first(...PART, { data: { end: 'reset' } }, '426 Broken'),
    client: RETRY,
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
    received: { SIZE: 1, REST: 1, STOR: 2, APPE: 0 },
    events: ['resume-upload'],
  },
  {
    name: 'a reset in the middle, and no REST STREAM in FEAT: the upload goes on by APPE',
    why: 'APPE fallback',
    server: {
      ...first(...PART, { data: { end: 'reset' } }, '426 Broken'),
      features: FEATURES.filter(feature => !feature.startsWith('REST')),
    },
    client: RETRY,
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
    received: { STOR: 1, APPE: 1, REST: 0 },
  },
  {
    name: 'a reset in the middle, and REST refused although FEAT has it: the upload goes on by APPE',
    why: 'REST refused',
    server: {
      on: {
        STOR: inTurn([...PART, { data: { end: 'reset' } }, '426 Broken'], [USUAL]),
        REST: ['502 Not for STOR'],
      },
    },
    client: RETRY,
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
  {
    name: 'a reset in the middle, and a server that does not tell sizes: the upload begins anew',
    why: 'basic-ftp #123, #124: resuming',
    server: {
      on: { STOR: inTurn([...PART, { data: { end: 'reset' } }, '426 Broken'], [USUAL]), SIZE: ['500 What?'] },
    },
    client: RETRY,
    run: put,
    expect: { result: { bytes: SIZE, resumedAt: 0 } },
    stored: { b: WHOLE },
  },
  {
    name: 'a 226 that was lost with the control connection: nothing is sent twice',
    why: 'rclone #5328, curl #15947: deadlines that do not see progress',
    server: first(...BEGIN, { data: { receive: 'all' } }, { data: { end: 'clean' } }, { control: 'reset' }),
    client: RETRY,
    run: put,
    expect: { result: { bytes: SIZE, resumedAt: SIZE } },
    stored: { b: WHOLE },
    sessions: 2,
  },
  {
    name: 'the server closes the data connection before it has everything and says 226: no upload',
    why: 'a server that lies',
    server: stor(...PART, { data: { end: 'reset' } }, '226 Done'),
    run: putHuge,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: 'an upload without a byte',
    why: 'jlaffaye/ftp #282, lftp #420: zero-byte uploads',
    run: async (client, { source }) => client.upload(await source('s', Buffer.alloc(0)), 'b'),
    expect: { result: { bytes: 0 } },
    stored: { b: '' },
  },
  {
    name: 'what can be read once only is sent once only',
    why: 'only what is safe to repeat',
    server: first(...PART, { data: { end: 'reset' } }, '426 Broken'),
    client: RETRY,
    run: client => client.upload(new PassThrough().end(WHOLE), 'b'),
    expect: { error: { code: 'FTP_REPLY', reply: 426 } },
    received: { STOR: 1 },
  },
  {
    name: 'a stream whose source fails is no upload: the server sees no clean end',
    why: 'never a half file',
    async run(client, context) {
      async function* failing() {
        yield bytesOf(1_000)
        throw new Error('no more')
      }
      await context.failure(client.upload(failing(), 'b'), { code: 'FTP_LOCAL', message: /no more/ })
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    sessions: 1,
  },
  {
    name: 'a local file that is not there: told before anything is sent, and the session stays usable',
    why: 'local errors',
    async run(client, context) {
      await client.connect()
      await context.failure(client.upload(context.target('nothing'), 'b'), {
        code: 'FTP_LOCAL',
        phase: 'local',
      })
      return client.raw('NOOP')
    },
    expect: GOES_ON,
    received: { STOR: 0, EPSV: 0 },
    sessions: 1,
  },
  {
    name: 'a local folder is no file to be sent',
    why: 'local errors',
    run: (client, { target }) => client.upload(target('.'), 'b'),
    expect: { error: { code: 'FTP_LOCAL', message: /folder/ } },
    received: { STOR: 0 },
  },
  {
    name: 'an atomic upload that breaks leaves the name alone',
    why: 'never a half file under its final name',
    server: { files: { b: 'old' }, on: { STOR: [...PART, { data: { end: 'reset' } }, '426 Broken'] } },
    run: async (client, { source }) => client.upload(await source('s', WHOLE), 'b', { atomic: true }),
    expect: { error: { code: 'FTP_REPLY', reply: 426 } },
    stored: { b: 'old' },
    received: { RNFR: 0, DELE: 0 },
  },
  {
    name: 'an atomic upload to a server that does not rename over a file: that one goes first',
    why: 'atomic upload',
    server: { on: { RNTO: inTurn(['550 It exists'], ['250 Done']) } },
    run: async (client, { source }) => client.upload(await source('s', WHOLE), 'b', { atomic: true }),
    expect: { result: { bytes: SIZE } },
    received: { 'STOR .b.portolan-part': 1, 'DELE b': 1, 'RNTO b': 2 },
  },
  {
    name: 'an upload that is verified by size, and a server that kept half of it',
    why: 'a server that lies',
    server: { on: { SIZE: ['213 100'] } },
    run: async (client, { source }) => client.upload(await source('s', WHOLE), 'b', { verify: 'size' }),
    expect: { error: { code: 'FTP_VERIFY', phase: 'completion' } },
  },
  {
    name: 'a control connection that is lost in the middle of an upload ends it at once',
    why: 'basic-ftp #16, #170: control connections that die',
    server: stor(...PART, { wait: 100 }, { control: 'reset' }),
    run: putHuge,
    expect: { error: { code: 'FTP_CLOSED', retryable: true } },
  },
  {
    name: 'a server that never ends its side of the data connection of an upload',
    why: 'FluentFTP #508, curl #17130: no close_notify; rclone #2912, httrack #1074: hang on close',
    server: stor(...BEGIN, { data: { receive: 'all' } }, '226 Done'),
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
]
