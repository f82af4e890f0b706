import { type Command, Option } from 'commander'
import { addConfigFlags } from '../config-flags.ts'
import type { Io } from '../io.ts'
import type { TestSiteFlags } from '../sites-test.ts'
import type { CatFlags } from './cat.ts'
import type { MakeFolderFlags, RemoveFlags } from './change.ts'
import { addConnectionFlags, addOutputFlags } from './client-flags.ts'
import type { ClientIo } from './client-io.ts'
import type { CommonFlags } from './client-run.ts'
import { EXIT_HELP } from './exit-codes.ts'
import type { FxpFlags } from './fxp.ts'
import type { GetFlags } from './get.ts'
import type { ChecksumFlags } from './inspect.ts'
import type { ListFlags } from './list.ts'
import type { MirrorFlags } from './mirror.ts'
import type { PutFlags } from './put.ts'
import type { ShellFlags } from './shell/run-shell.ts'
import type { AddSiteFlags } from './sites.ts'

/** Runs what a command does, once what it needs is loaded. */
export type Run = (work: () => Promise<number>) => Promise<void>

const URL_HELP = `
A URL is ftp://, ftps:// (TLS from the first byte, port 990) or ftpes:// (AUTH TLS), as in
ftpes://anna@ftp.example.org:2121/pub/file. Its path is meant from the folder of the login; // or /%2F
in front of it is the root. SITE:PATH names something on a stored site.`

const PASSWORD_HELP = `
The password comes from the URL, --password-file, PORTOLAN_PASSWORD, the stored site, ~/.netrc or a prompt.`

/** Puts the commands of the client on the program. */
export function addClientCommands(program: Command, io: Io, run: Run): void {
  const withIo = (work: (io: ClientIo) => Promise<number>) =>
    run(async () => work((await import('./client-io.ts')).clientIo(io)))
  const command = (name: string, description: string) => program.command(name).description(description)
  const finish = (made: Command) =>
    addOutputFlags(addConnectionFlags(made)).addHelpText(
      'after',
      `${URL_HELP}${PASSWORD_HELP}\n\n${EXIT_HELP}`,
    )

  finish(
    command('ls', 'list folders')
      .argument('<url...>', 'folders, files, or patterns such as ftp://host/pub/*.csv')
      .option('-l, --long', 'kind, permissions, size, time (UTC) and name')
      .option('-a, --all', 'names that begin with a dot, too')
      .option('--no-glob', 'take *, ? and [ for what they are'),
  ).action((urls: string[], flags: ListFlags) =>
    withIo(async io => (await import('./list.ts')).list(urls, flags, io)),
  )
  finish(
    command('get', 'download files')
      .argument('<url...>', 'files, or patterns such as ftp://host/pub/*.csv')
      .option('-o, --output <file>', 'where to: a file, a folder that exists, or - for standard output')
      .option('-r, --recursive', 'folders with all that is in them; mirror has more flags')
      .option('--parallel <n>', 'files at once, each by a connection of its own (default: 4)')
      .option('--segments <n>', 'connections for each file of 8 MiB and more (default: 1)')
      .addOption(new Option('--resume').hideHelp())
      .option('--no-resume', 'begin anew, whatever an earlier run has left')
      .option('--verify <checksum|size|none>', 'what to compare at the end (default: size)')
      .option('--no-time', 'do not give files the time they have on the server')
      .option('--ascii', 'turn CRLF into LF')
      .option('--no-glob', 'take *, ? and [ for what they are'),
  ).action((urls: string[], flags: GetFlags) =>
    withIo(async io => (await import('./get.ts')).get(urls, flags, io)),
  )
  finish(
    command('put', 'upload files')
      .usage('[options] FILE... URL')
      .argument('<file>', 'a local file, or - for standard input')
      .argument('<file-or-url...>', 'more files, and last a URL: a new name, or a folder')
      .option('-r, --recursive', 'folders with all that is in them; mirror has more flags')
      .option('--parallel <n>', 'files at once, each by a connection of its own (default: 4)')
      .option('--parents', 'make the folders of the URL')
      .option('--append', 'add to what is there (APPE)')
      .option('--unique', 'let the server choose a name (STOU)')
      .option('--atomic', 'under a temporary name, renamed when it is whole')
      .option('--resume', 'go on behind what is there, when it is the beginning of the file')
      .addOption(new Option('--no-resume').hideHelp())
      .option('--verify <checksum|size|none>', 'what to compare at the end (default: none)')
      .option('--keep-time', "give files the local one's time, where the server can")
      .option('--keep-mode', "give files the local one's permissions, where the server can")
      .option('--ascii', 'turn LF into CRLF'),
  ).action((file: string, words: string[], flags: PutFlags) =>
    withIo(async io => (await import('./put.ts')).put([file, ...words], flags, io)),
  )
  finish(
    command('cat', 'write files to standard output')
      .argument('<url...>', 'files')
      .option('--ascii', 'turn CRLF into LF'),
  ).action((urls: string[], flags: CatFlags) =>
    withIo(async io => (await import('./cat.ts')).cat(urls, flags, io)),
  )
  finish(
    command('rm', 'remove files')
      .argument('<url...>', 'files; with -r folders, too')
      .option('-r, --recursive', 'folders with all that is in them; links are removed, not followed'),
  ).action((urls: string[], flags: RemoveFlags) =>
    withIo(async io => (await import('./change.ts')).remove(urls, flags, io)),
  )
  finish(
    command('mkdir', 'make folders')
      .argument('<url...>', 'the new folders')
      .option('-p, --parents', 'those above too; one that exists is no failure'),
  ).action((urls: string[], flags: MakeFolderFlags) =>
    withIo(async io => (await import('./change.ts')).makeFolders(urls, flags, io)),
  )
  finish(
    command('mv', 'rename or move within a server')
      .argument('<url>', 'what to move')
      .argument('<path>', 'its new path, from the folder of the login; / at its end: into that folder'),
  ).action((url: string, to: string, flags: CommonFlags) =>
    withIo(async io => (await import('./change.ts')).move(url, to, flags, io)),
  )
  finish(command('stat', 'tell what is known of files and folders').argument('<url...>')).action(
    (urls: string[], flags: CommonFlags) =>
      withIo(async io => (await import('./inspect.ts')).stat(urls, flags, io)),
  )
  finish(
    command('checksum', 'have the server compute checksums of files')
      .argument('<url...>')
      .option('--algorithm <name>', 'SHA-256, SHA-512, SHA-1, MD5 or CRC32 (default: the best it has)'),
  ).action((urls: string[], flags: ChecksumFlags) =>
    withIo(async io => (await import('./inspect.ts')).checksum(urls, flags, io)),
  )
  finish(
    command('mirror', 'make a folder like another: one is on a server, the other here')
      .argument('<source>', 'a URL, or a local folder')
      .argument('<target>', 'a local folder, or a URL')
      .option('--delete', 'remove from the target what the source does not have')
      .option('--max-delete <n>', 'remove nothing if it would be more than this')
      .option('--parallel <n>', 'files at once, each by a connection of its own (default: 4)')
      .option('--dry-run', 'print what would be done')
      .option('--include <glob>', 'only these files, such as *.csv or docs/; may be repeated', collect)
      .option('--exclude <glob>', 'all but these; may be repeated', collect)
      .option(
        '--compare <size-time|size|checksum|newer|always>',
        'what makes a file changed (default: size-time: another size, or newer)',
      )
      .option('--links <skip|follow|copy>', 'what becomes of links (default: skip)')
      .option('--verify <checksum|size|none>', 'what to compare after each file')
      .option('--atomic', 'upload under temporary names, renamed when they are whole')
      .option('--no-time', 'do not give files the time of their source')
      .option('--keep-mode', 'give files the permissions of their source'),
  ).action((source: string, target: string, flags: MirrorFlags) =>
    withIo(async io => (await import('./mirror.ts')).mirrorFolders(source, target, flags, io)),
  )
  finish(
    command('fxp', 'copy a file from server to server; both have to allow it')
      .argument('<source>', 'URL of the file')
      .argument('<target>', 'URL of its new name, or of a folder with / at its end')
      .option('--resume', 'go on behind what the target has')
      .option(
        '--protection <private|clear>',
        'TLS between the servers (default: private if one of both has it)',
      )
      .option('--passive <source|target>', 'which of them listens (default: the source, then the target)')
      .option('--ascii', 'as text: both convert line ends'),
  ).action((source: string, target: string, flags: FxpFlags) =>
    withIo(async io => (await import('./fxp.ts')).copyBetween(source, target, flags, io)),
  )
  finish(
    command('shell', 'work on a server line by line; help tells the commands')
      .argument('[url]', 'a URL, or SITE:')
      .option('-k, --keep-going', 'go on after a line that failed, when lines come from a pipe'),
  ).action((url: string | undefined, flags: ShellFlags) =>
    withIo(async io => (await import('./shell/run-shell.ts')).runShell(url, flags, io)),
  )
  addSites(program, withIo)
}

const collect = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]

function addSites(
  program: Command,
  withIo: (work: (io: ClientIo) => Promise<number>) => Promise<void>,
): void {
  const sites = program.command('sites').description('store servers under names, to be used as NAME:PATH')
  addConnectionFlags(
    sites
      .command('add')
      .description('store a URL, and the flags beside it')
      .argument('<name>')
      .argument('<url>')
      .option('--save-password', 'the password, too: the file can be read by you alone')
      .option('--replace', 'in place of a site of that name'),
  ).action((name: string, url: string, flags: AddSiteFlags) =>
    withIo(async io => (await import('./sites.ts')).addSite(name, url, flags, io)),
  )
  sites
    .command('list')
    .description('names and URLs')
    .option('--json', 'one JSON object for each')
    .action((flags: { json?: boolean }) =>
      withIo(async io => (await import('./sites.ts')).listSites(flags, io)),
    )
  sites
    .command('show')
    .description('everything that is stored of a site, without its password')
    .argument('<name>')
    .option('--json', 'as a JSON object')
    .action((name: string, flags: { json?: boolean }) =>
      withIo(async io => (await import('./sites.ts')).showSite(name, flags, io)),
    )
  addConfigFlags(
    sites
      .command('test')
      .description('examine the connection to a site: one of the node in ./data, or else one of yours')
      .argument('<name>')
      .option('--json', 'what was found, as a JSON object')
      .addHelpText(
        'after',
        `
A site of a node is a partner's server that its transfers use; it is looked for in the store that --data or
--database name, or in ./data when there is one. A site that "portolan sites add" has stored is examined as
"portolan doctor NAME:" does, with its exit codes. Of a node's site the exit code is 0 when it works, else 1.`,
      ),
  ).action((name: string, flags: TestSiteFlags) =>
    withIo(async io => (await import('../sites-test.ts')).testSite(name, flags, io)),
  )
  sites
    .command('remove')
    .description('forget a site')
    .argument('<name>')
    .action((name: string) => withIo(async io => (await import('./sites.ts')).removeSite(name, io)))
}
