import type { FtpClient } from '@portolan/client'
import type { CaseContext, ClientCase } from '../case.ts'
import { type Answer, bytesOf, inTurn, USUAL } from '../script.ts'

const SIZE = 100_000
const FILES = { a: SIZE }
const WHOLE = { a: bytesOf(SIZE) }
const BEGIN: Answer = ['150 Coming', { accept: true }]
const END: Answer = [{ data: { end: 'clean' } }, '226 Done']
/** Half of the file, until a NOOP has come and a while longer, and the rest. */
const SLOW: Answer = [
  ...BEGIN,
  { data: { file: true, to: 50_000 } },
  { until: 'NOOP' },
  { wait: 100 },
  { data: { file: true, from: 50_000 } },
  ...END,
]
const NOOPS = { noopInterval: 40 }
const getAndGoOn: ClientCase['run'] = async (client, { target }) => {
  await client.download('a', target('a'))
  return client.pwd()
}
const THREE = { a: 1_000, b: 2_000, c: 3_000, d: 4_000 }
const GOT_THREE = { a: bytesOf(1_000), b: bytesOf(2_000), c: bytesOf(3_000), d: bytesOf(4_000) }

async function getAll(client: FtpClient, { target }: CaseContext): Promise<void> {
  for (const name of ['a', 'b', 'c', 'd'])
    await client.download(name, target(name), { more: name !== 'd', known: known(name) })
}

/** What a listing said: no questions between the transfers. */
function known(name: string): { size: number; modified: number } {
  return { size: (name.charCodeAt(0) - 96) * 1_000, modified: 0 }
}

/** What is said on the control connection while data moves: NOOP, and EPSV ahead. */
export const DURING_CASES: readonly ClientCase[] = [
  {
    name: 'NOOP during a transfer, answered at once',
    why: 'basic-ftp #16: control connections that die; reply accounting',
    server: { files: FILES, eager: ['NOOP'], on: { RETR: SLOW } },
    client: NOOPS,
    run: getAndGoOn,
    expect: { result: '/' },
    after: WHOLE,
    sessions: 1,
  },
  {
    name: 'NOOP during a transfer, answered behind its 226',
    why: 'FluentFTP #387, #1420: replies out of step',
    server: { files: FILES, on: { RETR: SLOW } },
    client: NOOPS,
    run: getAndGoOn,
    expect: { result: '/' },
    after: WHOLE,
    sessions: 1,
  },
  {
    name: 'NOOP during a transfer, never answered: the file is right, and the next operation has a session in step',
    why: 'FluentFTP #387, #1420: NOOP out of step; node-ftp #139',
    server: { files: FILES, on: { RETR: SLOW, NOOP: [] } },
    client: { ...NOOPS, timeouts: { explanation: 200 } },
    run: getAndGoOn,
    expect: { result: '/' },
    after: WHOLE,
    sessions: 2,
  },
  {
    name: 'NOOP during a transfer, answered 500 behind its 226',
    why: 'FluentFTP #387, #1420: NOOP out of step',
    server: { files: FILES, on: { RETR: SLOW, NOOP: ['500 What?'] } },
    client: NOOPS,
    run: getAndGoOn,
    expect: { result: '/' },
    after: WHOLE,
    sessions: 1,
  },
  {
    name: 'NOOP during a transfer, answered 500 at once: the transfer is not taken for refused',
    why: 'FluentFTP #387, #1420: NOOP out of step',
    server: { files: FILES, eager: ['NOOP'], on: { RETR: SLOW, NOOP: ['500 What?'] } },
    client: { ...NOOPS, retry: { retries: 2 } },
    run: getAndGoOn,
    expect: { result: '/' },
    after: WHOLE,
  },
  {
    name: 'no NOOP unless it is asked for',
    why: 'WinSCP 2110, 1878: do not send NOOP by default; lftp #423',
    server: {
      files: FILES,
      on: { RETR: [...BEGIN, { data: { file: true } }, { wait: 300 }, ...END] },
    },
    run: getAndGoOn,
    expect: { result: '/' },
    after: WHOLE,
    received: { NOOP: 0 },
  },
  {
    name: 'EPSV ahead, answered in its turn: proved, and used from then on',
    why: 'pipelining, probed',
    server: { files: THREE },
    run: getAll,
    expect: { result: undefined },
    after: GOT_THREE,
    received: { EPSV: 4, RETR: 4 },
    events: ['pipelining-proved', '!pipelining-failed'],
    sessions: 1,
  },
  {
    name: 'EPSV ahead, answered before the 226 of the transfer',
    why: 'server answers EPSV before 226',
    server: {
      files: THREE,
      eager: ['EPSV'],
      on: { RETR: [...BEGIN, { data: { file: true } }, { wait: 100 }, ...END] },
    },
    run: getAll,
    expect: { result: undefined },
    after: GOT_THREE,
    received: { EPSV: 4, RETR: 4 },
    sessions: 1,
  },
  {
    name: 'EPSV ahead, refused with 450 during the transfer: the files are right, and nothing is sent ahead any more',
    why: '450 during transfer',
    server: {
      files: THREE,
      eager: ['EPSV'],
      on: {
        EPSV: inTurn([USUAL], ['450 A transfer is under way'], [USUAL]),
        RETR: [...BEGIN, { data: { file: true } }, { wait: 100 }, ...END],
      },
    },
    client: { retry: { retries: 2 } },
    run: getAll,
    expect: { result: undefined },
    after: GOT_THREE,
    events: ['pipelining-failed', '!pipelining-proved'],
  },
  {
    name: 'EPSV ahead, dropped: the files are right, and nothing is sent ahead any more',
    why: 'drops the pipelined EPSV',
    server: { files: THREE, on: { EPSV: inTurn([USUAL], [], [USUAL]) } },
    client: { retry: { retries: 2 }, timeouts: { explanation: 300 } },
    run: getAll,
    expect: { result: undefined },
    after: GOT_THREE,
    events: ['pipelining-failed', '!pipelining-proved'],
  },
  {
    name: 'EPSV ahead, dropped, and another command follows: it has its own reply',
    why: 'drops the pipelined EPSV; FluentFTP #873, #453: stale replies',
    server: { files: THREE, on: { EPSV: inTurn([USUAL], [], [USUAL]) } },
    client: { retry: { retries: 2 }, timeouts: { explanation: 300 } },
    async run(client, { target }) {
      await client.download('a', target('a'), { more: true, known: known('a') })
      return client.pwd()
    },
    expect: { result: '/' },
    after: { a: bytesOf(1_000) },
  },
  {
    name: 'EPSV ahead, dropped, and the client is closed: QUIT has its own bound',
    why: 'every wait has a named bound: quit',
    server: { files: THREE, on: { EPSV: inTurn([USUAL], []), QUIT: [] } },
    client: { timeouts: { quit: 300 } },
    async run(client, { target }) {
      await client.download('a', target('a'), { more: true, known: known('a') })
      await client.close()
    },
    expect: { result: undefined },
    after: { a: bytesOf(1_000) },
  },
  {
    name: 'EPSV ahead, taken for an abort: the files are right, and nothing is sent ahead any more',
    why: 'treats it as abort; pipelining',
    server: {
      files: THREE,
      eager: ['EPSV'],
      on: {
        EPSV: inTurn([USUAL], [{ data: { end: 'reset' } }, '226 Aborted'], [USUAL]),
        RETR: inTurn([...BEGIN, { data: { file: true, to: 500 } }, { until: 'NEVER' }], [USUAL]),
      },
    },
    client: { retry: { retries: 2 }, timeouts: { explanation: 300 } },
    run: getAll,
    expect: { result: undefined },
    after: GOT_THREE,
    events: ['pipelining-failed', '!pipelining-proved'],
  },
  {
    name: 'EPSV ahead, and its port is never used: the transfer behind it fails, and the one after that works',
    why: 'the session stays in a known state',
    server: { files: { ...THREE, d: 4_000 }, on: { 'RETR b': ['550 No such file'] } },
    async run(client, context) {
      await client.download('a', context.target('a'), { more: true, known: known('a') })
      await context.failure(client.download('b', context.target('b'), { more: true, known: known('b') }), {
        code: 'FTP_REPLY',
        reply: 550,
      })
      return client.download('c', context.target('c'), { known: known('c') })
    },
    expect: { result: { bytes: 3_000 } },
    after: { a: 1_000, c: 3_000 },
    sessions: 1,
  },
  {
    name: 'nothing is sent ahead where it is switched off',
    why: 'pipelining',
    server: { files: THREE },
    client: { pipelining: false },
    run: getAll,
    expect: { result: undefined },
    after: GOT_THREE,
    events: ['!pipelining-proved'],
  },
]
