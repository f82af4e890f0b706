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
    why: 'requirement 3: the session in a known state',
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
    why: 'brief: quota',
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
    why: 'complaint 36',
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
    why: 'requirement 8: missing 1yz',
    server: stor({ accept: true }, { data: { receive: 'all' } }, ...END),
    client: { timeouts: { begin: 200 } },
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
  {
    name: 'the data-idle timer ends an upload that the server does not read',
    why: 'requirement 1: data-idle',
    server: stor(...PART),
    client: { timeouts: { dataIdle: 400, explanation: 100 } },
    run: putHuge,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true, message: /took no byte for 0\.4 seconds/ } },
  },
  {
    name: 'an upload that takes longer than the reply timer',
    why: 'complaint 25 (rclone #5328, curl #15947): the good 226 was lost',
    server: stor(...PART, { wait: 700 }, { data: { receive: 'all' } }, ...END),
    client: { timeouts: { reply: 300 } },
    run: putHuge,
    expect: { result: { bytes: HUGE } },
  },
  {
    name: 'a 226 that comes long after the data: the completion timer counts',
    why: 'complaint 25, complaint 40',
    server: stor(
      ...BEGIN,
      { data: { receive: 'all' } },
      { data: { end: 'clean' } },
      { wait: 600 },
      '226 Done',
    ),
    client: { timeouts: { reply: 300 } },
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
  {
    name: 'the completion timer ends the wait for the 226 of an upload',
    why: 'requirement 1: completion',
    server: stor(...BEGIN, { data: { receive: 'all' } }, { data: { end: 'clean' } }),
    client: { timeouts: { completion: 300 } },
    run: put,
    expect: {
      error: { code: 'FTP_TIMEOUT', phase: 'completion', retryable: true, message: /completion time-out/ },
    },
  },
  {
    name: 'a reset in the middle: the upload goes on behind what the server has, by SIZE and REST',
    why: 'complaint 6 (basic-ftp #123)',
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
    why: 'brief: APPE fallback',
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
    why: 'brief: REST refused',
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
    why: 'complaint 6',
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
    why: 'complaint 25',
    server: first(...BEGIN, { data: { receive: 'all' } }, { data: { end: 'clean' } }, { control: 'reset' }),
    client: RETRY,
    run: put,
    expect: { result: { bytes: SIZE, resumedAt: SIZE } },
    stored: { b: WHOLE },
    sessions: 2,
  },
  {
    name: 'the server closes the data connection before it has everything and says 226: no upload',
    why: 'issue 3 section 5: a server that lies',
    server: stor(...PART, { data: { end: 'reset' } }, '226 Done'),
    run: putHuge,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: 'an upload without a byte',
    why: 'complaint 27: zero-byte uploads',
    run: async (client, { source }) => client.upload(await source('s', Buffer.alloc(0)), 'b'),
    expect: { result: { bytes: 0 } },
    stored: { b: '' },
  },
  {
    name: 'what can be read once only is sent once only',
    why: 'issue 3 section 2: only what is safe to repeat',
    server: first(...PART, { data: { end: 'reset' } }, '426 Broken'),
    client: RETRY,
    run: client => client.upload(new PassThrough().end(WHOLE), 'b'),
    expect: { error: { code: 'FTP_REPLY', reply: 426 } },
    received: { STOR: 1 },
  },
  {
    name: 'a stream whose source fails is no upload: the server sees no clean end',
    why: 'issue 3 section 5: never a half file',
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
    why: 'brief: local errors',
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
    why: 'brief: local errors',
    run: (client, { target }) => client.upload(target('.'), 'b'),
    expect: { error: { code: 'FTP_LOCAL', message: /folder/ } },
    received: { STOR: 0 },
  },
  {
    name: 'an atomic upload that breaks leaves the name alone',
    why: 'issue 3 section 5: never a half file under its final name',
    server: { files: { b: 'old' }, on: { STOR: [...PART, { data: { end: 'reset' } }, '426 Broken'] } },
    run: async (client, { source }) => client.upload(await source('s', WHOLE), 'b', { atomic: true }),
    expect: { error: { code: 'FTP_REPLY', reply: 426 } },
    stored: { b: 'old' },
    received: { RNFR: 0, DELE: 0 },
  },
  {
    name: 'an atomic upload to a server that does not rename over a file: that one goes first',
    why: 'issue 3 section 2: atomic upload',
    server: { on: { RNTO: inTurn(['550 It exists'], ['250 Done']) } },
    run: async (client, { source }) => client.upload(await source('s', WHOLE), 'b', { atomic: true }),
    expect: { result: { bytes: SIZE } },
    received: { 'STOR .b.portolan-part': 1, 'DELE b': 1, 'RNTO b': 2 },
  },
  {
    name: 'an upload that is verified by size, and a server that kept half of it',
    why: 'issue 3 section 5: a server that lies',
    server: { on: { SIZE: ['213 100'] } },
    run: async (client, { source }) => client.upload(await source('s', WHOLE), 'b', { verify: 'size' }),
    expect: { error: { code: 'FTP_VERIFY', phase: 'completion' } },
  },
  {
    name: 'a control connection that is lost in the middle of an upload ends it at once',
    why: 'complaint 5',
    server: stor(...PART, { wait: 100 }, { control: 'reset' }),
    run: putHuge,
    expect: { error: { code: 'FTP_CLOSED', retryable: true } },
  },
  {
    name: 'a server that never ends its side of the data connection of an upload',
    why: 'complaint 23, complaint 24: hang on close',
    server: stor(...BEGIN, { data: { receive: 'all' } }, '226 Done'),
    run: put,
    expect: { result: { bytes: SIZE } },
    stored: { b: WHOLE },
  },
]
