import { readdir, rm, symlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { mirror } from '@portolan/client'
import type { CaseContext, ClientCase } from '../case.ts'
import { type Answer, inTurn } from '../script.ts'

const BEGIN: Answer = ['150 Coming', { accept: true }]
const END: Answer = [{ data: { end: 'clean' } }, '226 Listed']
const sent = (text: string): Answer => [...BEGIN, { data: { send: text } }, ...END]
const listed = (text: string, more: Readonly<Record<string, Answer>> = {}) => ({
  on: { LIST: inTurn(sent(text), sent('')), ...more },
})
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

/** Names and links of hostile listings, and what is done with them here and there. */
export const NAME_CASES: readonly ClientCase[] = [
  {
    name: 'names of a hostile listing are told as they are, but . and ..',
    why: 'names with `..`',
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
      why: 'names of a hostile listing',
      server: mlsd('type=file;size=1; good', `type=file;size=1; ${name}`),
      run: client => client.removeTree('in'),
      expect: { error: { code: 'FTP_NAME' } },
      received: { DELE: 0, RMD: 0 },
    }),
  ),
  ...HOSTILE.map(
    ([what, name]): ClientCase => ({
      name: `mirroring a listing that holds ${what}: the good file comes, the other goes nowhere`,
      why: 'never outside the target folder',
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
    why: 'never outside the target folder',
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
    why: 'links of a hostile listing',
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
      await symlink(dirname(outside), context.target('sub'))
      await mirror(client, { direction: 'download', remote: '/in', local: context.target('.') }).catch(
        () => {},
      )
      const behind = await readdir(dirname(outside))
      await rm(context.target('sub'))
      return behind
    },
    expect: { result: ['kept'] },
  },
  {
    name: 'mirroring with links copied: none is made that leads outside',
    why: 'links of a hostile listing',
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
    why: 'links are removed, not followed',
    server: listed(link('there', '/') + file('one')),
    run: client => client.removeTree('in'),
    expect: { result: { files: 2, folders: 1 } },
    received: { 'DELE in/there': 1, 'DELE in/one': 1, 'RMD in': 1, LIST: 1 },
  },
  {
    name: 'removing a tree whose listing cannot be read: nothing is removed',
    why: 'WinSCP 1422: listings misread in silence',
    server: listed(`${file('one')}what is this\r\n`),
    run: client => client.removeTree('in'),
    expect: { error: { code: 'FTP_PROTOCOL' } },
    received: { DELE: 0, RMD: 0 },
  },
  {
    name: 'removing a tree of folders in folders without end is given up',
    why: 'a server that lies',
    server: { on: { LIST: sent(folder('again')) } },
    run: client => client.removeTree('in'),
    expect: { error: { code: 'FTP_NAME', message: /without end/ } },
    received: { RMD: 0 },
  },
  {
    name: 'mirroring folders in folders without end is given up',
    why: 'a server that lies',
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
]
