import { formatTimeVal, parseTimeVal } from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import type { Commands } from './command.ts'

/** Times before 1970 or after 9999 are not stored by any back end. */
const LATEST = Date.UTC(9999, 11, 31)

const MFF_SYNTAX = 'MFF modify=<YYYYMMDDHHMMSS>;UNIX.mode=<octal>; <file>'

/** What a file is, and changing it: RFC 3659 sections 2 to 4, draft-somers-ftp-mfxx. */
export const FACT_COMMANDS = {
  SIZE: {
    login: 'required',
    argument: 'required',
    syntax: 'SIZE <file>',
    features: ['SIZE'],
    path: { needs: 'list' },
    async run(session, { path }) {
      if (session.representation.type === 'ascii') return session.say('file.ascii-size')
      const entry = await session.files.storage.stat(path, { owner: session.files.owner })
      if (entry.kind !== 'file') return session.say('file.unavailable', { text: 'That is not a file.' })
      return session.say('file.status', { text: String(entry.size) })
    },
  },
  MDTM: {
    login: 'required',
    argument: 'required',
    syntax: 'MDTM <file>, or MDTM <YYYYMMDDHHMMSS> <file>',
    features: ['MDTM'],
    async run(session, { argument }) {
      // A file may be called like a time: it is a change only when something follows and nothing has the whole name.
      const change = /^(\d{14}(?:\.\d+)?) (.+)$/s.exec(argument)
      if (change?.[1] && change[2] && !(await exists(session, argument))) {
        return setModified(session, change[1], change[2])
      }
      const path = session.files.resolve(argument)
      if (!session.files.may('list', path)) throw session.refuse('file.denied', { permission: 'list', path })
      const entry = await session.files.storage.stat(path)
      return session.say('file.status', { text: formatTimeVal(entry.modified) })
    },
  },
  MFMT: {
    login: 'required',
    argument: 'required',
    syntax: 'MFMT <YYYYMMDDHHMMSS> <file>',
    features: ['MFMT'],
    run(session, { argument }) {
      const [, time = '', name = ''] = /^(\S+) (.+)$/s.exec(argument) ?? []
      if (!name) return session.say('command.needs-argument', { syntax: 'MFMT <YYYYMMDDHHMMSS> <file>' })
      return setModified(session, time, name)
    },
  },
  MFF: {
    login: 'required',
    argument: 'required',
    syntax: MFF_SYNTAX,
    features: ['MFF modify;UNIX.mode;'],
    run: (session, { argument }) => modifyFacts(session, argument),
  },
} as const satisfies Commands

async function exists(session: Session, argument: string): Promise<boolean> {
  return session.files.storage.stat(session.files.resolve(argument)).then(
    () => true,
    () => false,
  )
}

async function setModified(session: Session, time: string, name: string) {
  const path = attributesPath(session, name)
  const modified = timeOf(session, time)
  await session.files.storage.setModified(path, modified)
  session.emit({ type: 'file', change: 'attributes', path })
  return session.say('file.status', { text: `Modify=${formatTimeVal(modified)}; ${name}` })
}

async function modifyFacts(session: Session, argument: string) {
  const [, facts = '', name = ''] = /^((?:[\w.]+=[^;]*;)+) (.+)$/s.exec(argument) ?? []
  if (!name) throw session.refuse('command.needs-argument', { syntax: MFF_SYNTAX })
  const path = attributesPath(session, name)
  const { storage } = session.files
  // All facts are checked before the first is changed: half a change would be worse than none.
  const changes = facts
    .slice(0, -1)
    .split(';')
    .map(fact => {
      const at = fact.indexOf('=')
      const value = fact.slice(at + 1)
      switch (fact.slice(0, at).toLowerCase()) {
        case 'modify': {
          const modified = timeOf(session, value)
          return {
            text: `Modify=${formatTimeVal(modified)};`,
            apply: () => storage.setModified(path, modified),
          }
        }
        case 'unix.mode': {
          const mode = modeOf(session, value)
          return { text: `UNIX.mode=${value};`, apply: () => storage.setMode(path, mode) }
        }
        default:
          throw session.refuse('command.bad-parameter', { text: 'MFF changes modify and UNIX.mode.' })
      }
    })
  await storage.stat(path)
  for (const change of changes) await change.apply()
  session.emit({ type: 'file', change: 'attributes', path })
  return session.say('file.status', { text: `${changes.map(change => change.text).join('')} ${name}` })
}

/** The path of a change of attributes, which the user may make. */
export function attributesPath(session: Session, name: string): string {
  const path = session.files.resolve(name)
  if (!session.files.may('attributes', path))
    throw session.refuse('file.denied', { permission: 'attributes', path })
  return path
}

/** A time as RFC 3659 section 2.3 writes it, in milliseconds since 1970. */
export function timeOf(session: Session, text: string): number {
  const time = parseTimeVal(text)
  if (time === undefined || time < 0 || time > LATEST) {
    throw session.refuse('command.bad-argument', { text: 'The time is written YYYYMMDDHHMMSS, in UTC.' })
  }
  return time
}

/** Permission bits as three or four octal digits. Set-user-ID, set-group-ID and sticky are not for clients. */
export function modeOf(session: Session, text: string): number {
  if (!/^0?[0-7]{3}$/.test(text)) {
    throw session.refuse('command.bad-argument', { text: 'The mode is three octal digits, such as 644.' })
  }
  return Number.parseInt(text, 8)
}
