import { quotePath } from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import type { Command, Commands } from './command.ts'

const CWD: Command = {
  login: 'required',
  argument: 'required',
  syntax: 'CWD <folder>',
  path: {},
  run: (session, { path }) => changeFolder(session, path),
}

const CDUP: Command = {
  login: 'required',
  argument: 'none',
  syntax: 'CDUP',
  run: session => changeFolder(session, session.files.resolve('..')),
}

const PWD: Command = {
  login: 'required',
  argument: 'none',
  syntax: 'PWD',
  run: session =>
    session.say('file.created', { text: `${quotePath(session.files.cwd)} is the current folder.` }),
}

const MKD: Command = {
  login: 'required',
  argument: 'required',
  syntax: 'MKD <folder>',
  path: { needs: 'makeFolder' },
  async run(session, { path }) {
    await session.files.storage.makeFolder(path)
    session.emit({ type: 'file', change: 'folder-made', path })
    return session.say('file.created', { text: `${quotePath(path)} was made.` })
  },
}

const RMD: Command = {
  login: 'required',
  argument: 'required',
  syntax: 'RMD <folder>',
  path: { needs: 'removeFolder' },
  async run(session, { path }) {
    await session.files.storage.removeFolder(path)
    session.emit({ type: 'file', change: 'folder-removed', path })
    return session.say('file.done', { text: 'Folder removed.' })
  },
}

/** Folders, and the names of files: RFC 959 section 4.1.3, RFC 1123 for the X forms. */
export const FOLDER_COMMANDS = {
  CWD,
  XCWD: { ...CWD, syntax: 'XCWD <folder>' },
  CDUP,
  XCUP: { ...CDUP, syntax: 'XCUP' },
  PWD,
  XPWD: { ...PWD, syntax: 'XPWD' },
  MKD,
  XMKD: { ...MKD, syntax: 'XMKD <folder>' },
  RMD,
  XRMD: { ...RMD, syntax: 'XRMD <folder>' },
  DELE: {
    login: 'required',
    argument: 'required',
    syntax: 'DELE <file>',
    path: { needs: 'delete' },
    async run(session, { path }) {
      const { storage } = session.files
      const before = session.account?.quota ? await storage.stat(path, { follow: false }) : undefined
      await storage.removeFile(path)
      if (before) session.freeQuota(path, { bytes: before.size, files: 1 })
      session.emit({ type: 'file', change: 'deleted', path })
      return session.say('file.done', { text: 'Deleted.' })
    },
  },
  RNFR: {
    login: 'required',
    argument: 'required',
    syntax: 'RNFR <from>',
    path: { needs: 'rename' },
    async run(session, { path }) {
      // A refused RNFR forgets the one before: the next RNTO must not move another file.
      session.takePrepared()
      // The rule would stay with the old name, and what it protects would go without.
      if (session.files.hasRulesBelow(path)) throw session.refuse('file.has-rules', { path })
      await session.files.storage.stat(path, { follow: false })
      session.prepared = { kind: 'rename', from: path }
      return session.say('file.rename-from')
    },
  },
  RNTO: {
    login: 'required',
    argument: 'required',
    syntax: 'RNTO <to>',
    path: { needs: 'rename' },
    async run(session, { path }) {
      const prepared = session.takePrepared()
      if (prepared.kind !== 'rename') return session.say('file.rename-first')
      if (session.files.hasRulesBelow(path)) throw session.refuse('file.has-rules', { path })
      const freed = await replacedByRename(session, prepared.from, path)
      await session.files.storage.rename(prepared.from, path)
      if (freed) session.freeQuota(path, freed)
      session.emit({ type: 'file', change: 'renamed', path: prepared.from, to: path })
      return session.say('file.done', { text: 'Renamed.' })
    },
  },
} as const satisfies Commands

async function changeFolder(session: Session, path: string) {
  if (!session.files.may('list', path)) throw session.refuse('file.denied', { permission: 'list', path })
  const entry = await session.files.storage.stat(path)
  if (entry.kind !== 'folder') return session.say('file.unavailable', { text: 'That is not a folder.' })
  session.files.cwd = path
  return session.say('file.done', { text: `${quotePath(path)} is the current folder.` })
}

/** What a rename over an existing file frees of the quota. Replacing a file needs the right to delete it. */
async function replacedByRename(session: Session, from: string, to: string) {
  const target = await session.files.storage.stat(to, { follow: false }).catch(() => undefined)
  if (!target || from === to || target.kind !== 'file') return undefined
  if (!session.files.may('delete', to))
    throw session.refuse('file.denied', { permission: 'delete', path: to })
  return session.account?.quota ? { bytes: target.size, files: 1 } : undefined
}
