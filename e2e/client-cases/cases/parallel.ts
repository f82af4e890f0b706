import type { ClientCase } from '../case.ts'
import { type Answer, bytesOf, inTurn, USUAL } from '../script.ts'

const SLOWLY: Answer = [
  '150 Coming',
  { accept: true },
  { data: { file: true } },
  { wait: 50 },
  { data: { end: 'clean' } },
  '226 Done',
]
const FILES = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`f${i}`, 1_000 + i]))
const ALL = Object.fromEntries(Object.entries(FILES).map(([name, size]) => [name, bytesOf(size)]))
const getAll: ClientCase['run'] = (client, { target }) =>
  Promise.all(Object.keys(FILES).map(name => client.download(name, target(name)))).then(all => all.length)
const BIG = 9 * 1024 * 1024
const segmented: ClientCase['run'] = (client, { target }) =>
  client.download('big', target('big'), { segments: 2 })

/** Several sessions at once, and what is tried again. */
export const PARALLEL_CASES: readonly ClientCase[] = [
  {
    name: 'three sessions do the work of six downloads',
    why: 'a pool',
    server: { files: FILES, on: { RETR: SLOWLY } },
    client: { connections: 3 },
    run: getAll,
    expect: { result: 6 },
    after: ALL,
    sessions: 3,
  },
  {
    name: '421 to the third session: the limit is learnt, and two do the work',
    why: 'rclone #2166, #4906: too many connections',
    server: {
      files: FILES,
      on: { RETR: SLOWLY, GREETING: inTurn(['220 Ready'], ['220 Ready'], ['421 Too many connections']) },
    },
    client: { connections: 3 },
    async run(client, context) {
      await getAll(client, context)
      return { most: client.pool.most, learnt: client.facts.sessions }
    },
    expect: { result: { most: 2, learnt: 2 } },
    after: ALL,
    events: ['session-limit'],
    sessions: 3,
  },
  {
    name: '530 too many to the third login: the limit is learnt, and two do the work',
    why: 'rclone #2166, #4906: lftp too-many-re',
    server: {
      files: FILES,
      on: { RETR: SLOWLY, PASS: inTurn(['230 In'], ['230 In'], ['530 Too many users logged in']) },
    },
    client: { connections: 3 },
    run: getAll,
    expect: { result: 6 },
    after: ALL,
    events: ['session-limit'],
  },
  {
    name: 'a server that allows one session only',
    why: 'rclone #2166, #4906: pool deadlock',
    server: { files: FILES, on: { GREETING: inTurn(['220 Ready'], ['421 One is enough']) } },
    client: { connections: 4 },
    run: getAll,
    expect: { result: 6 },
    after: ALL,
  },
  {
    name: 'all sessions are refused for a while: everybody tries again, and nobody waits for ever',
    why: 'rclone #2166, #4906: pool deadlock',
    server: {
      files: FILES,
      on: { GREETING: inTurn(['421 Busy'], ['421 Busy'], ['421 Busy'], ['421 Busy'], ['220 Ready']) },
    },
    client: { connections: 3, retry: { retries: 5 } },
    run: getAll,
    expect: { result: 6 },
    after: ALL,
  },
  {
    name: 'all sessions are refused for good: everybody is told',
    why: 'rclone #2166, #4906: pool deadlock',
    server: { files: FILES, on: { GREETING: ['421 Busy'] } },
    client: { connections: 3 },
    async run(client, { target }) {
      const all = await Promise.allSettled(
        Object.keys(FILES).map(name => client.download(name, target(name))),
      )
      return all.every(one => one.status === 'rejected' && one.reason.code === 'FTP_BUSY')
    },
    expect: { result: true },
  },
  {
    name: 'a session that dies makes room for another',
    why: 'rclone #2166, #4906: pool deadlock',
    server: { files: FILES, on: { RETR: inTurn([{ control: 'reset' }], [{ control: 'reset' }], SLOWLY) } },
    client: { connections: 2, retry: { retries: 3 } },
    run: getAll,
    expect: { result: 6 },
    after: ALL,
    sessions: 4,
  },
  {
    name: 'segments of one file, from a server without RANG',
    why: 'segmented download',
    server: { files: { big: BIG } },
    client: { connections: 2 },
    run: segmented,
    expect: { result: { bytes: BIG } },
    after: { big: bytesOf(BIG) },
    sessions: 2,
  },
  {
    name: 'segments of one file, from a server that refuses REST: one after the other',
    why: 'REST refused',
    server: { files: { big: BIG }, on: { REST: ['502 No'] } },
    client: { connections: 2 },
    run: segmented,
    expect: { result: { bytes: BIG } },
    after: { big: bytesOf(BIG) },
  },
  {
    name: 'segments of one file, one of them cut: it goes on by itself',
    why: 'segmented download',
    server: {
      files: { big: BIG },
      on: {
        RETR: inTurn(
          [
            '150 Coming',
            { accept: true },
            { data: { file: true, to: 1_000_000 } },
            { wait: 100 },
            { data: { end: 'reset' } },
            '426 Broken',
          ],
          [USUAL],
        ),
      },
    },
    client: { connections: 2, retry: { retries: 2 } },
    run: segmented,
    expect: { result: { bytes: BIG } },
    after: { big: bytesOf(BIG) },
  },
  {
    name: 'segments of one file, and the server allows one session: the file is right',
    why: 'rclone #2166, #4906: too many connections',
    server: { files: { big: BIG }, on: { GREETING: inTurn(['220 Ready'], ['421 One is enough']) } },
    client: { connections: 2 },
    run: segmented,
    expect: { result: { bytes: BIG } },
    after: { big: bytesOf(BIG) },
  },
  ...(
    [
      ['DELE', client => client.remove('x')],
      ['MKD', client => client.makeFolder('x')],
      ['RMD', client => client.removeFolder('x')],
      ['RNTO', client => client.rename('x', 'y')],
    ] satisfies readonly (readonly [string, ClientCase['run']])[]
  ).map(
    ([verb, run]): ClientCase => ({
      name: `${verb} whose reply is lost is not done a second time`,
      why: 'only what is safe to repeat',
      server: { on: { [verb]: inTurn([{ control: 'reset' }], [USUAL]) } },
      client: { retry: { retries: 3 } },
      run,
      expect: { error: { code: 'FTP_CLOSED' } },
      received: { [verb]: 1 },
      sessions: 1,
    }),
  ),
  {
    name: 'MKD whose reply is lost, with parents: done again, since a folder that is there is no failure',
    why: 'only what is safe to repeat',
    server: { on: { MKD: inTurn([{ control: 'reset' }], ['550 It exists']) } },
    client: { retry: { retries: 3 } },
    run: client => client.makeFolder('x', { parents: true }),
    expect: { result: undefined },
    received: { MKD: 2 },
  },
  {
    name: 'an upload by APPE is not done a second time',
    why: 'only what is safe to repeat',
    server: {
      on: { APPE: ['150 Go', { accept: true }, { data: { receive: 'all' } }, { control: 'reset' }] },
    },
    client: { retry: { retries: 3 } },
    run: async (client, { source }) =>
      client.upload(await source('s', Buffer.from('x')), 'b', { how: 'append' }),
    expect: { error: { code: 'FTP_CLOSED' } },
    received: { APPE: 1 },
  },
  {
    name: '450 to a download is tried again, as often as allowed and no more',
    why: 'RFC 959 section 4.2: 4yz; WinSCP 2110, 1878: never for ever',
    server: { files: { a: 10 }, on: { RETR: ['450 Busy'] } },
    client: { retry: { retries: 2 } },
    async run(client, context) {
      await context.failure(client.download('a', context.target('a')), { code: 'FTP_REPLY', reply: 450 })
      return context.events.filter(event => event.type === 'retry').length
    },
    expect: { result: 2 },
    received: { RETR: 3 },
    sessions: 1,
  },
  {
    name: '550 to a download is not tried again',
    why: 'RFC 959 section 4.2: 5yz',
    server: { files: { a: 10 }, on: { RETR: ['550 No'] } },
    client: { retry: { retries: 3 } },
    run: (client, { target }) => client.download('a', target('a')),
    expect: { error: { code: 'FTP_REPLY', reply: 550 } },
    received: { RETR: 1 },
  },
  {
    name: 'a folder that is listed by an uncertain server three times as it breaks: events tell of each try',
    why: 'retry',
    server: { on: { LIST: inTurn([{ control: 'reset' }], [{ control: 'reset' }], [USUAL]) } },
    client: { retry: { retries: 3 } },
    async run(client, { events }) {
      await client.list()
      return events.flatMap(event => (event.type === 'retry' ? [[event.attempt, event.delayMs]] : []))
    },
    expect: {
      result: [
        [1, 10],
        [2, 20],
      ],
    },
    sessions: 3,
  },
]
