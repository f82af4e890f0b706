import { formatTimeVal, reply } from '@portolan/protocol'
import { parentPath, resolvePath } from '@portolan/storage'
import type { Session } from '../session/session.ts'
import type { Command, Commands } from './command.ts'
import { attributesPath, modeOf, timeOf } from './facts.ts'
import { PROBE } from './probe.ts'
import { executeSubcommand } from './subcommands.ts'

/** The longest idle time SITE IDLE gives, in seconds. */
const LONGEST_IDLE = 7200

/** What goes by SITE, each row with the same checks as a command of its own. */
const SITE_COMMANDS = {
  CHMOD: {
    login: 'required',
    argument: 'required',
    syntax: 'SITE CHMOD <octal mode> <path>',
    async run(session, { argument }) {
      const { first, rest } = twoArguments(session, argument, 'SITE CHMOD <octal mode> <path>')
      const mode = modeOf(session, first)
      const path = attributesPath(session, rest)
      await session.files.storage.setMode(path, mode)
      session.emit({ type: 'file', change: 'attributes', path })
      return session.say('file.done', { text: 'Mode changed.' })
    },
  },
  UTIME: {
    login: 'required',
    argument: 'required',
    syntax: 'SITE UTIME <YYYYMMDDHHMMSS> <path>',
    async run(session, { argument }) {
      const { time, name } = utimeArguments(session, argument)
      const path = attributesPath(session, name)
      const modified = timeOf(session, time)
      await session.files.storage.setModified(path, modified)
      session.emit({ type: 'file', change: 'attributes', path })
      return session.say('file.done', { text: `Modify=${formatTimeVal(modified)};` })
    },
  },
  SYMLINK: {
    login: 'required',
    argument: 'required',
    syntax: 'SITE SYMLINK <target> <link>',
    async run(session, { argument }) {
      const { first: target, rest } = twoArguments(session, argument, 'SITE SYMLINK <target> <link>')
      const path = session.files.resolve(rest)
      if (!session.files.may('link', path)) throw session.refuse('file.denied', { permission: 'link', path })
      const { files } = session
      // A link must not lead where the rules for the path itself would not let the user.
      const leadsTo = resolvePath(parentPath(path), target)
      if (!files.may('read', leadsTo))
        throw session.refuse('file.denied', { permission: 'read', path: leadsTo })
      await files.storage.makeLink(path, target)
      session.emit({ type: 'file', change: 'linked', path, to: target })
      return session.say('file.done', { text: 'Link made.' })
    },
  },
  CPFR: {
    login: 'required',
    argument: 'required',
    syntax: 'SITE CPFR <from>',
    path: { needs: 'read' },
    async run(session, { path }) {
      session.takePrepared()
      const entry = await session.files.storage.stat(path)
      if (entry.kind !== 'file') return session.say('file.unavailable', { text: 'Only files can be copied.' })
      session.prepared = { kind: 'copy', from: path }
      return session.say('file.copy-from')
    },
  },
  CPTO: {
    login: 'required',
    argument: 'required',
    syntax: 'SITE CPTO <to>',
    path: { needs: 'write' },
    run: (session, { path }) => copyTo(session, path),
  },
  IDLE: {
    login: 'required',
    argument: 'optional',
    syntax: 'SITE IDLE [seconds]',
    run(session, { argument }) {
      const now = Math.round(session.idleTimeout / 1000)
      if (argument === '') return reply(200, `The idle timeout is ${now} seconds; at most ${LONGEST_IDLE}.`)
      const seconds = /^\d{1,5}$/.test(argument) ? Number(argument) : 0
      if (seconds < 1 || seconds > LONGEST_IDLE) {
        return session.say('command.bad-argument', { text: `SITE IDLE takes 1 to ${LONGEST_IDLE} seconds.` })
      }
      session.idleTimeout = seconds * 1000
      return reply(200, `The idle timeout is ${seconds} seconds now.`)
    },
  },
  WHO: {
    login: 'required',
    argument: 'none',
    syntax: 'SITE WHO',
    run: session => who(session),
  },
  PROBE,
  HELP: {
    login: 'any',
    argument: 'optional',
    syntax: 'SITE HELP [command]',
    run: (session, { argument }) => siteHelp(session, argument),
  },
} as const satisfies Commands

/** SITE itself: one row of the command table that leads to the rows above. */
export const SITE: Command = {
  login: 'any',
  argument: 'required',
  syntax: 'SITE <command> [arguments]',
  features: ['SITE CHMOD', 'SITE UTIME', 'SITE SYMLINK', 'SITE COPY', 'SITE PROBE'],
  run: (session, call) => executeSubcommand(session, call, SITE_COMMANDS),
}

function twoArguments(session: Session, argument: string, syntax: string): { first: string; rest: string } {
  const [, quoted, plain, rest] = /^(?:"([^"]+)"|(\S+)) (.+)$/s.exec(argument) ?? []
  const first = quoted ?? plain
  if (!first || !rest) throw session.refuse('command.needs-argument', { syntax })
  return { first, rest: rest.replace(/^"(.*)"$/s, '$1') }
}

/** `SITE UTIME time path`, and the older `SITE UTIME path atime mtime ctime UTC` of which only mtime is used. */
function utimeArguments(session: Session, argument: string): { time: string; name: string } {
  const old = /^(.+) \d{14} (\d{14}) \d{14} UTC$/s.exec(argument)
  if (old?.[1] && old[2]) return { name: old[1], time: old[2] }
  const { first, rest } = twoArguments(session, argument, SITE_COMMANDS.UTIME.syntax)
  return { time: /^\d{12}$/.test(first) ? `${first}00` : first, name: rest }
}

async function copyTo(session: Session, path: string) {
  const prepared = session.takePrepared()
  if (prepared.kind !== 'copy') return session.say('file.copy-first')
  const { storage } = session.files
  const { link } = session.owner
  const source = await storage.stat(prepared.from)
  const target = await storage.stat(path).catch(() => undefined)
  // Negative where a larger file is replaced.
  const bytes = source.size - (target?.size ?? 0)
  const files = target ? 0 : 1
  const { account } = session
  const counted = account?.quota && session.files.countsToQuota(path)
  if (counted) {
    const need = Math.max(0, bytes)
    const granted = await link.reserveQuota({ user: account.user, bytes: need, need, files })
    if (granted.bytes < need || granted.files < files) {
      session.freeQuota(path, granted)
      return session.say('file.quota', { text: 'The copy does not fit into your quota.' })
    }
  }
  try {
    await storage.copy(prepared.from, path, { signal: session.signal })
  } catch (error) {
    session.freeQuota(path, { bytes: Math.max(0, bytes), files })
    throw error
  }
  if (bytes < 0) session.freeQuota(path, { bytes: -bytes, files: 0 })
  session.emit({ type: 'file', change: 'copied', path: prepared.from, to: path })
  return session.say('file.done', { text: 'Copied.' })
}

/** Sessions of one's own user; an account that may do everything everywhere would still learn nothing of others. */
async function who(session: Session) {
  const user = session.account?.user
  const sessions = await session.owner.link.sessions()
  const lines = sessions
    .filter(info => info.user === user)
    .map(info => {
      const since = new Date(info.since).toISOString().slice(0, 19)
      const doing = info.transfer ? `${info.transfer.command} ${info.transfer.bytes} bytes` : 'idle'
      return ` ${info.session} ${info.user} from ${info.address} since ${since}Z, ${doing}`
    })
  return reply(211, 'Sessions of your user:', ...lines, 'End.')
}

function siteHelp(session: Session, argument: string) {
  const rows: Commands = SITE_COMMANDS
  if (argument === '')
    return reply(
      214,
      'SITE commands:',
      ` ${Object.keys(rows).join(' ')}`,
      'SITE HELP <command> shows its syntax.',
    )
  const verb = argument.toUpperCase()
  const row = Object.hasOwn(rows, verb) ? rows[verb] : undefined
  return row
    ? reply(214, `Syntax: ${row.syntax}`)
    : session.say('meta.unknown-topic', { verb: `SITE ${verb}` })
}
