import type { ClientCase } from '../case.ts'
import { type Answer, inTurn, USUAL } from '../script.ts'

const BEGIN: Answer = ['150 Coming', { accept: true }]
const END: Answer = [{ data: { end: 'clean' } }, '226 Listed']
const sent = (text: string): Answer => [...BEGIN, { data: { send: text } }, ...END]
const listed = (text: string, more: Readonly<Record<string, Answer>> = {}) => ({
  on: { LIST: inTurn(sent(text), sent('')), ...more },
})
const list: ClientCase['run'] = client => client.list()
const names = async (client: Parameters<ClientCase['run']>[0]) => {
  const { entries, unparsed } = await client.list()
  return { names: entries.map(({ name }) => name), unparsed: unparsed.length }
}
const file = (name: string) => `-rw-r--r--   1 ftp      ftp            10 Jan 02  2024 ${name}\r\n`
const MLST = ['MLST type*;size*;modify*;', 'SIZE', 'REST STREAM']

/** Listings that are empty, garbled, endless or hostile. */
export const LISTING_CASES: readonly ClientCase[] = [
  ...[
    '550 No files found',
    '450 No files found',
    '550 No data sets found',
    '550 No members found',
    '450 Directory is empty',
  ].map(
    (reply): ClientCase => ({
      name: `an empty folder by ${reply}`,
      why: 'WinSCP IsNoFilesReply; FluentFTP #264',
      server: { on: { LIST: [reply] } },
      run: list,
      expect: { result: { entries: [], unparsed: [] } },
      sessions: 1,
    }),
  ),
  {
    name: 'an empty folder by an empty listing',
    why: 'quirks of servers',
    server: listed(''),
    run: list,
    expect: { result: { entries: [], unparsed: [], end: 'proved' } },
  },
  {
    name: 'a folder that is not there is no empty folder',
    why: 'quirks of servers',
    server: { on: { LIST: ['550 No such file or directory'] } },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 550 } },
  },
  {
    name: 'lines that nobody can read are surfaced',
    why: 'WinSCP 1422: zero entries with no error',
    server: listed(`${file('one')}what is this\r\n\x80\x81\x82 garbage\r\n${file('two')}`),
    run: names,
    expect: { result: { names: ['one', 'two'], unparsed: 2 } },
  },
  {
    name: 'garbage alone is no empty folder',
    why: 'WinSCP 1422: listings misread in silence',
    server: listed('<html><body>Hello</body></html>\r\nmore of it\r\n'),
    run: names,
    expect: { result: { names: [], unparsed: 2 } },
  },
  {
    name: 'a listing without any line end',
    why: 'no newline at all',
    server: listed(file('one').trimEnd()),
    run: names,
    expect: { result: { names: ['one'], unparsed: 0 } },
  },
  {
    name: 'one line of a megabyte is one line that nobody can read',
    why: 'never unbounded memory',
    server: listed(`${file('one')}${'x'.repeat(1_000_000)}\r\n${file('two')}`),
    run: names,
    expect: { result: { names: ['one', 'two'], unparsed: 1 } },
  },
  {
    name: 'a listing without end is given up at its bound',
    why: 'never unbounded memory',
    server: { on: { LIST: [...BEGIN, { data: { endless: 'x'.repeat(1_048_576) } }] } },
    client: { timeouts: { explanation: 500 } },
    run: list,
    expect: { error: { code: 'FTP_PROTOCOL', message: /listing/ } },
  },
  {
    name: 'a list of names without end is given up at its bound',
    why: 'never unbounded memory',
    server: { on: { NLST: [...BEGIN, { data: { endless: 'name\r\n'.repeat(100_000) } }] } },
    client: { timeouts: { explanation: 500 } },
    run: client => client.names(),
    expect: { error: { code: 'FTP_PROTOCOL', message: /names/ } },
  },
  {
    name: 'a listing that is reset in the middle is no listing',
    why: 'a server that lies, stalls or sends garbage',
    server: {
      on: { LIST: [...BEGIN, { data: { send: file('one') } }, { data: { end: 'reset' } }, '426 Broken'] },
    },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 426, retryable: true } },
  },
  {
    name: 'a listing that is reset in the middle, and 226: no listing',
    why: 'a server that lies',
    server: {
      on: { LIST: [...BEGIN, { data: { send: file('one') } }, { data: { end: 'reset' } }, '226 Done'] },
    },
    run: list,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: '451 behind a listing: no listing',
    why: 'a server that lies, stalls or sends garbage',
    server: {
      on: { LIST: [...BEGIN, { data: { send: file('one') } }, { data: { end: 'clean' } }, '451 Disk error'] },
    },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 451 } },
  },
  {
    name: 'a listing that breaks is fetched again',
    why: 'retry of what is safe',
    server: {
      on: {
        LIST: inTurn(
          [...BEGIN, { data: { send: file('x') } }, { data: { end: 'reset' } }, '426 Broken'],
          [USUAL],
        ),
      },
    },
    client: { retry: { retries: 1 } },
    run: names,
    expect: { result: { names: ['one.txt'] } },
    received: { LIST: 2 },
  },
  {
    name: 'a listing of whose data connection nothing is ever said or done',
    why: 'every wait has a named bound: data-idle',
    server: { on: { LIST: [] } },
    client: { timeouts: { dataIdle: 300, explanation: 100 } },
    run: list,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: 'MLSD that is announced and not known: LIST, and MLSD is not asked again',
    why: 'MLSD first',
    server: { features: MLST, on: { MLSD: ['500 What?'] } },
    async run(client) {
      await names(client)
      return names(client)
    },
    expect: { result: { names: ['one.txt'] } },
    received: { MLSD: 1, LIST: 2 },
    events: ['listing-list'],
  },
  {
    name: 'MLSD of a folder that is not there is no reason for LIST',
    why: 'MLSD first',
    server: { features: MLST, on: { MLSD: ['550 No such folder'] } },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 550 } },
    received: { LIST: 0 },
  },
]
