import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { FtpError, replyText } from '@portolan/client'
import { UserError } from '../../user-error.ts'
import { makeOne, moveOne, removeOne } from '../change.ts'
import { download } from '../get.ts'
import { checksumOne, readAlgorithm, statOne } from '../inspect.ts'
import { listOne } from '../list.ts'
import { mirrorOne, readMirrorOptions } from '../mirror.ts'
import { printable } from '../printable.ts'
import { upload } from '../put.ts'
import { helpOf, type ShellCommand } from './commands.ts'

/** They open a data connection, which `raw` has none for; the shell has better words for all of them. */
const DATA_VERBS = new Set([
  'RETR',
  'STOR',
  'STOU',
  'APPE',
  'LIST',
  'NLST',
  'MLSD',
  'PASV',
  'EPSV',
  'PORT',
  'EPRT',
])

/** Every command of the shell, in the order of the help. */
export const SHELL_COMMANDS: readonly ShellCommand[] = [
  {
    name: 'ls',
    alias: 'dir',
    text: 'list a folder',
    completes: 'remote',
    shape: command =>
      command
        .argument('[path...]')
        .option('-l, --long', 'all that is known')
        .option('-a, --all', 'hidden names, too'),
    async run({ run, place }, words, flags) {
      for (const path of words.length > 0 ? words : ['']) await listOne(run, place.at(path), flags)
    },
  },
  {
    name: 'cd',
    text: 'go to a folder on the server',
    completes: 'remote',
    shape: command => command.argument('<folder>'),
    run: ({ run, place }, [path = '']) => place.go(run, path),
  },
  {
    name: 'pwd',
    text: 'print the folder on the server',
    async run({ run, place }) {
      place.at('')
      run.io.out(printable(place.folder))
    },
  },
  {
    name: 'lcd',
    text: 'go to a local folder',
    completes: 'local',
    shape: command => command.argument('<folder>'),
    run: ({ place }, [path = '']) => place.goLocal(path),
  },
  {
    name: 'lpwd',
    text: 'print the local folder',
    async run({ run, place }) {
      run.io.out(place.cwd)
    },
  },
  {
    name: 'get',
    alias: 'mget',
    text: 'download files; patterns such as *.csv may be given',
    completes: 'remote',
    transfers: true,
    shape: command =>
      command
        .argument('<path...>')
        .option('-o, --output <file>', 'local file, or folder that exists')
        .option('--no-resume', 'begin anew')
        .option('--verify <checksum|size|none>', 'what to compare at the end')
        .option('--segments <n>', 'connections for one large file')
        .option('--ascii', 'turn CRLF into LF'),
    run: ({ run, place }, words, flags) =>
      download(
        run,
        words.map(path => place.at(path)),
        flags,
      ),
  },
  {
    name: 'put',
    alias: 'mput',
    text: 'upload files; patterns may be given',
    completes: 'local',
    transfers: true,
    shape: command =>
      command
        .argument('<file...>')
        .option('-o, --output <path>', 'path on the server; / at its end: a folder')
        .option('--append', 'add to what is there')
        .option('--atomic', 'under a temporary name, renamed when it is whole')
        .option('--resume', 'go on behind what is there')
        .option('--verify <checksum|size|none>', 'what to compare at the end')
        .option('--ascii', 'turn LF into CRLF'),
    run: ({ run, place }, words, flags) => {
      const output = 'output' in flags && typeof flags.output === 'string' ? flags.output : './'
      return upload(run, expandLocal(words, place.cwd), place.at(output === './' ? '' : output), flags)
    },
  },
  {
    name: 'cat',
    text: 'print files',
    completes: 'remote',
    shape: command => command.argument('<path...>'),
    async run({ run, place }, words) {
      const { signal } = run
      for (const path of words) await place.at(path).client.download(path, run.io.stdout, { signal })
    },
  },
  {
    name: 'mirror',
    text: 'make a local folder like one on the server; with --up the other way round',
    completes: 'remote',
    transfers: true,
    shape: command =>
      command
        .argument('<source>')
        .argument('<target>')
        .option('--up', 'source is here, target on the server')
        .option('--delete', 'remove what the source does not have')
        .option('--dry-run', 'print what would be done')
        .option('--include <glob...>', 'only these files')
        .option('--exclude <glob...>', 'all but these')
        .option('--compare <size-time|size|checksum|newer|always>', 'what makes a file changed')
        .option('--parallel <n>', 'files at once'),
    async run({ run, place }, [source = '', target = ''], flags) {
      const up = 'up' in flags && flags.up === true
      const [local, remote] = up ? [source, target] : [target, source]
      const direction = up ? 'upload' : 'download'
      const options = { ...readMirrorOptions(flags), direction, local: resolve(place.cwd, local) } as const
      await mirrorOne(run, place.at(remote), options)
    },
  },
  {
    name: 'rm',
    text: 'remove files; with -r folders, too',
    completes: 'remote',
    shape: command =>
      command.argument('<path...>').option('-r, --recursive', 'folders with all that is in them'),
    async run({ run, place }, words, flags) {
      for (const path of words) await removeOne(run, place.at(path), flags)
    },
  },
  {
    name: 'rmdir',
    text: 'remove empty folders',
    completes: 'remote',
    shape: command => command.argument('<folder...>'),
    async run({ run, place }, words) {
      const { signal } = run
      for (const path of words) await place.at(path).client.removeFolder(path, { signal })
    },
  },
  {
    name: 'mkdir',
    text: 'make folders',
    completes: 'remote',
    shape: command => command.argument('<folder...>').option('-p, --parents', 'those above, too'),
    async run({ run, place }, words, flags) {
      for (const path of words) await makeOne(run, place.at(path), flags)
    },
  },
  {
    name: 'mv',
    text: 'rename or move',
    completes: 'remote',
    shape: command => command.argument('<path>').argument('<new-path>'),
    run: ({ run, place }, [from = '', to = '']) => moveOne(run, place.at(from), to),
  },
  {
    name: 'stat',
    text: 'tell what is known of files and folders',
    completes: 'remote',
    shape: command => command.argument('<path...>'),
    async run({ run, place }, words) {
      for (const path of words) await statOne(run, place.at(path))
    },
  },
  {
    name: 'chmod',
    text: 'set permissions, in octal digits such as 644',
    completes: 'remote',
    shape: command => command.argument('<mode>').argument('<path...>'),
    async run({ run, place }, [mode = '', ...paths]) {
      if (!/^[0-7]{3,4}$/.test(mode))
        throw new UserError(`The mode is three or four octal digits, and not ${JSON.stringify(mode)}`)
      const { signal } = run
      for (const path of paths)
        await place.at(path).client.setMode(path, Number.parseInt(mode, 8), { signal })
    },
  },
  {
    name: 'checksum',
    text: 'have the server compute checksums',
    completes: 'remote',
    shape: command =>
      command.argument('<path...>').option('--algorithm <name>', 'default: the best the server has'),
    async run({ run, place }, words, flags) {
      const name = 'algorithm' in flags && typeof flags.algorithm === 'string' ? flags.algorithm : undefined
      for (const path of words) await checksumOne(run, place.at(path), readAlgorithm(name))
    },
  },
  {
    name: 'raw',
    alias: 'quote',
    text: 'send a command as it is, and print the reply',
    shape: command => command.argument('<verb>').argument('[words...]').passThroughOptions(),
    async run({ run, place }, [verb = '', ...words]) {
      if (DATA_VERBS.has(verb.toUpperCase()))
        throw new UserError(
          `${verb.toUpperCase()} needs a data connection, which raw has none for: use ls, get or put`,
        )
      const argument = words.length === 0 ? undefined : words.join(' ')
      const reply = await place.at('').client.raw(verb.toUpperCase(), argument, { signal: run.signal })
      if (reply.code >= 400) throw new FtpError('FTP_REPLY', replyText(reply), { phase: 'command', reply })
      for (const [i, line] of reply.lines.entries())
        run.io.out(`${reply.code}${i === reply.lines.length - 1 ? ' ' : '-'}${printable(line)}`)
    },
  },
  {
    name: 'open',
    text: 'connect to a server, by URL or as SITE:',
    shape: command => command.argument('<url>'),
    run: ({ run, place }, [url = '']) => place.open(run, url),
  },
  {
    name: 'close',
    text: 'end the connection',
    run: ({ run, place }) => place.close(run),
  },
  {
    name: 'help',
    alias: '?',
    text: 'print what there is, or how a command is used',
    completes: 'command',
    shape: command => command.argument('[command]'),
    async run({ run }, [name]) {
      if (name === undefined) {
        for (const { name: one, alias, text } of SHELL_COMMANDS)
          run.io.out(`${(alias === undefined ? one : `${one}, ${alias}`).padEnd(14)}${text}`)
        run.io.out(
          '\nNames with blanks stand in quotes. COMMAND --help tells the flags. Ctrl-C ends what runs, Ctrl-D the shell.',
        )
        return
      }
      const command = findCommand(name)
      if (!command) throw new UserError(`There is no command ${name}: help tells which there are`)
      run.io.out(helpOf(command))
    },
  },
  {
    name: 'exit',
    alias: 'quit',
    text: 'end the shell',
    async run(shell) {
      shell.leave()
    },
  },
]

/** A command by its name or its other name. */
export function findCommand(name: string): ShellCommand | undefined {
  return SHELL_COMMANDS.find(command => command.name === name || command.alias === name)
}

/** Local patterns, which nobody else has expanded here. What fits nothing stays, and is told to be missing. */
function expandLocal(words: readonly string[], cwd: string): readonly string[] {
  return words.flatMap(word => {
    const found = /[*?[]/.test(word) ? globSync(word, { cwd }).toSorted() : []
    return found.length > 0 ? found : [word]
  })
}
