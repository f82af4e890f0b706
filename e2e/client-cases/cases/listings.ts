import { readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { mirror } from '@portolan/client'
import type { CaseContext, ClientCase } from '../case.ts'
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
const folder = (name: string) => `drwxr-xr-x   1 ftp      ftp            10 Jan 02  2024 ${name}\r\n`
const link = (name: string, target: string) =>
  `lrwxrwxrwx   1 ftp      ftp            10 Jan 02  2024 ${name} -> ${target}\r\n`
const MLST = ['MLST type*;size*;modify*;', 'SIZE', 'REST STREAM']
const mlsd = (...lines: readonly string[]) => ({
  features: MLST,
  on: { MLSD: inTurn(sent(lines.map(line => `${line}\r\n`).join('')), sent('')) },
})

/** Names that lead elsewhere, as MLSD tells them, and what they are called. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['a path upwards', '../escaped'],
  ['an absolute path', '/tmp/portolan-escaped'],
  ['a path downwards', 'sub/escaped'],
  ['NUL', 'esc\0aped'],
  ['CR', 'esc\raped'],
  ['a command behind CR', 'x\rDELE y'],
]

/** Mirrors down, and tells what failed by code. */
async function mirrorDown(client: Parameters<ClientCase['run']>[0], { target }: CaseContext) {
  const summary = await mirror(client, { direction: 'download', remote: '/in', local: target('.') })
  return summary.failed.map(({ error }) => error.code)
}

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
      why: 'chapter 1.4: WinSCP IsNoFilesReply; FluentFTP #264',
      server: { on: { LIST: [reply] } },
      run: list,
      expect: { result: { entries: [], unparsed: [] } },
      sessions: 1,
    }),
  ),
  {
    name: 'an empty folder by an empty listing',
    why: 'chapter 1.4',
    server: listed(''),
    run: list,
    expect: { result: { entries: [], unparsed: [], end: 'proved' } },
  },
  {
    name: 'a folder that is not there is no empty folder',
    why: 'chapter 1.4',
    server: { on: { LIST: ['550 No such file or directory'] } },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 550 } },
  },
  {
    name: 'lines that nobody can read are surfaced',
    why: 'complaint 10 (WinSCP 1422): zero entries with no error',
    server: listed(`${file('one')}what is this\r\n\x80\x81\x82 garbage\r\n${file('two')}`),
    run: names,
    expect: { result: { names: ['one', 'two'], unparsed: 2 } },
  },
  {
    name: 'garbage alone is no empty folder',
    why: 'complaint 10',
    server: listed('<html><body>Hello</body></html>\r\nmore of it\r\n'),
    run: names,
    expect: { result: { names: [], unparsed: 2 } },
  },
  {
    name: 'a listing without any line end',
    why: 'brief: no newline at all',
    server: listed(file('one').trimEnd()),
    run: names,
    expect: { result: { names: ['one'], unparsed: 0 } },
  },
  {
    name: 'one line of a megabyte is one line that nobody can read',
    why: 'issue 3 section 5: never unbounded memory',
    server: listed(`${file('one')}${'x'.repeat(1_000_000)}\r\n${file('two')}`),
    run: names,
    expect: { result: { names: ['one', 'two'], unparsed: 1 } },
  },
  {
    name: 'a listing without end is given up at its bound',
    why: 'issue 3 section 5: never unbounded memory',
    server: { on: { LIST: [...BEGIN, { data: { endless: 'x'.repeat(1_048_576) } }] } },
    client: { timeouts: { explanation: 500 } },
    run: list,
    expect: { error: { code: 'FTP_PROTOCOL', message: /listing/ } },
    withinMs: 20_000,
  },
  {
    name: 'a list of names without end is given up at its bound',
    why: 'issue 3 section 5: never unbounded memory',
    server: { on: { NLST: [...BEGIN, { data: { endless: 'name\r\n'.repeat(100_000) } }] } },
    client: { timeouts: { explanation: 500 } },
    run: client => client.names(),
    expect: { error: { code: 'FTP_PROTOCOL', message: /names/ } },
    withinMs: 20_000,
  },
  {
    name: 'a listing that is reset in the middle is no listing',
    why: 'issue 3 section 5',
    server: {
      on: { LIST: [...BEGIN, { data: { send: file('one') } }, { data: { end: 'reset' } }, '426 Broken'] },
    },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 426, retryable: true } },
  },
  {
    name: 'a listing that is reset in the middle, and 226: no listing',
    why: 'issue 3 section 5: a server that lies',
    server: {
      on: { LIST: [...BEGIN, { data: { send: file('one') } }, { data: { end: 'reset' } }, '226 Done'] },
    },
    run: list,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: '451 behind a listing: no listing',
    why: 'issue 3 section 5',
    server: {
      on: { LIST: [...BEGIN, { data: { send: file('one') } }, { data: { end: 'clean' } }, '451 Disk error'] },
    },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 451 } },
  },
  {
    name: 'a listing that breaks is fetched again',
    why: 'issue 3 section 2: retry of what is safe',
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
    why: 'requirement 1: data-idle',
    server: { on: { LIST: [] } },
    client: { timeouts: { dataIdle: 300, explanation: 100 } },
    run: list,
    expect: { error: { code: 'FTP_TRANSFER', retryable: true } },
  },
  {
    name: 'MLSD that is announced and not known: LIST, and MLSD is not asked again',
    why: 'requirement 7',
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
    why: 'requirement 7',
    server: { features: MLST, on: { MLSD: ['550 No such folder'] } },
    run: list,
    expect: { error: { code: 'FTP_REPLY', reply: 550 } },
    received: { LIST: 0 },
  },
  {
    name: 'names of a hostile listing are told as they are, but . and ..',
    why: 'issue 3 section 5: names with `..`',
    server: mlsd(
      'type=file;size=1; ..',
      'type=dir; ..',
      'type=cdir; .',
      'type=file;size=1; ../x',
      'type=file;size=1; /etc/passwd',
    ),
    run: names,
    expect: { result: { names: ['../x', '/etc/passwd'] } },
  },
  ...HOSTILE.map(
    ([what, name]): ClientCase => ({
      name: `removing a tree whose listing holds ${what}: nothing is removed`,
      why: 'issue 3 section 5: names of a hostile listing',
      server: mlsd('type=file;size=1; good', `type=file;size=1; ${name}`),
      run: client => client.removeTree('in'),
      expect: { error: { code: 'FTP_NAME' } },
      received: { DELE: 0, RMD: 0 },
    }),
  ),
  ...HOSTILE.map(
    ([what, name]): ClientCase => ({
      name: `mirroring a listing that holds ${what}: the good file comes, the other goes nowhere`,
      why: 'issue 3 section 5: never outside the target folder',
      server: {
        ...mlsd('type=file;size=5;modify=20240102030405; good', `type=file;size=1; ${name}`),
        files: { '/in/good': 'hello', [`/in/${name}`]: 'evil', [name]: 'evil' },
      },
      run: mirrorDown,
      expect: { result: ['FTP_NAME'] },
      after: { good: 'hello' },
    }),
  ),
  {
    name: 'mirroring a folder that is called like a path upwards',
    why: 'issue 3 section 5: never outside the target folder',
    server: {
      features: MLST,
      on: {
        'MLSD /in': sent('type=dir; ../../up\r\n'),
        MLSD: sent('type=file;size=4; evil\r\n'),
      },
      files: { '/in/../../up/evil': 'evil' },
    },
    run: mirrorDown,
    expect: { result: ['FTP_NAME'] },
  },
  {
    name: 'mirroring through a link that the local folder has: nothing is written behind it',
    why: 'issue 3 section 5: links of a hostile listing',
    server: {
      features: MLST,
      on: {
        'MLSD /in': sent('type=OS.unix=slink:/etc;size=4; sub\r\ntype=dir; sub\r\n'),
        MLSD: sent('type=file;size=4; evil\r\n'),
      },
      files: { '/in/sub/evil': 'evil' },
    },
    async run(client, context) {
      const outside = await context.source('kept', Buffer.from('kept'))
      const { symlink } = await import('node:fs/promises')
      await symlink(dirname(outside), context.target('sub'))
      await mirror(client, { direction: 'download', remote: '/in', local: context.target('.') }).catch(
        () => {},
      )
      const behind = await readdir(dirname(outside))
      const { rm } = await import('node:fs/promises')
      await rm(context.target('sub'))
      return behind
    },
    expect: { result: ['kept'] },
  },
  {
    name: 'mirroring with links copied: none is made that leads outside',
    why: 'issue 3 section 5: links of a hostile listing',
    server: {
      on: { LIST: inTurn(sent(link('passwd', '/etc/passwd') + link('up', '../../up') + file('good'))) },
      files: { '/in/good': 10, good: 10 },
    },
    async run(client, { target }) {
      await mirror(client, { direction: 'download', remote: '/in', local: target('.'), links: 'copy' })
      return (await readdir(target('.'))).includes('passwd')
    },
    expect: { result: false },
    after: { good: 10 },
  },
  {
    name: 'removing a tree does not follow links',
    why: 'issue 3 section 2: links are removed, not followed',
    server: listed(link('there', '/') + file('one')),
    run: client => client.removeTree('in'),
    expect: { result: { files: 2, folders: 1 } },
    received: { 'DELE in/there': 1, 'DELE in/one': 1, 'RMD in': 1, LIST: 1 },
  },
  {
    name: 'removing a tree whose listing cannot be read: nothing is removed',
    why: 'complaint 10',
    server: listed(`${file('one')}what is this\r\n`),
    run: client => client.removeTree('in'),
    expect: { error: { code: 'FTP_PROTOCOL' } },
    received: { DELE: 0, RMD: 0 },
  },
  {
    name: 'removing a tree of folders in folders without end is given up',
    why: 'issue 3 section 5: a server that lies',
    server: { on: { LIST: sent(folder('again')) } },
    run: client => client.removeTree('in'),
    expect: { error: { code: 'FTP_NAME', message: /without end/ } },
    received: { RMD: 0 },
  },
  {
    name: 'mirroring folders in folders without end is given up',
    why: 'issue 3 section 5: a server that lies',
    server: { features: MLST, on: { MLSD: sent('type=dir; d\r\n') } },
    async run(client, { target }) {
      const outcome = await mirror(client, {
        direction: 'download',
        remote: '/in',
        local: target('.'),
        dryRun: true,
      }).catch((error: unknown) => error)
      return outcome !== undefined
    },
    expect: { result: true },
  },
  {
    name: 'a download into a folder that does not exist',
    why: 'brief: local errors',
    server: { files: { a: 10 } },
    async run(client, { target, failure }) {
      await failure(client.download('a', target('no/such/a')), {
        code: 'FTP_LOCAL',
        phase: 'local',
        message: /does not exist/,
      })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    received: { RETR: 0 },
    sessions: 1,
  },
  {
    name: 'a download onto a folder',
    why: 'brief: target is a folder',
    server: { files: { a: 10 } },
    async run(client, { target, failure }) {
      await failure(client.download('a', dirname(target('a'))), { code: 'FTP_LOCAL', message: /folder/ })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    sessions: 1,
  },
  {
    name: 'a download below a file',
    why: 'brief: unwritable',
    server: { files: { a: 10 } },
    async run(client, { target, failure }) {
      await writeFile(target('f'), 'x')
      await failure(client.download('a', join(target('f'), 'a')), { code: 'FTP_LOCAL' })
      return client.raw('NOOP')
    },
    expect: { result: { code: 200 } },
    after: { f: 'x' },
    sessions: 1,
  },
]
