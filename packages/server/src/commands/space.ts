import { parseQuotedPath } from '@portolan/protocol'
import { StorageError } from '@portolan/storage'
import type { Session } from '../session/session.ts'
import { folderSize } from '../transfer/walk.ts'
import type { Commands } from './command.ts'

/** Read and written at once by COMB. */
const CHUNK = 256 * 1024

/** Commands about space and whole files that clients such as SmartFTP, CuteFTP and SFTPGo's users send. */
export const SPACE_COMMANDS = {
  AVBL: {
    login: 'required',
    argument: 'optional',
    syntax: 'AVBL [folder]',
    features: ['AVBL'],
    path: { needs: 'list' },
    async run(session, { path }) {
      const { freeBytes } = await session.files.storage.space(path)
      const left = session.account?.quota ? await session.owner.link.quotaLeft(session.account.user) : {}
      return session.say('file.status', { text: String(Math.min(freeBytes, left.bytes ?? freeBytes)) })
    },
  },
  DSIZ: {
    login: 'required',
    argument: 'optional',
    syntax: 'DSIZ [folder]',
    features: ['DSIZ'],
    path: { needs: 'list' },
    async run(session, { path }) {
      const { bytes } = await folderSize(session.files.storage, path, session.signal)
      return session.say('file.status', { text: String(bytes) })
    },
  },
  COMB: {
    login: 'required',
    argument: 'required',
    syntax: 'COMB "<target>" "<part>" ["<part>" ...]',
    features: ['COMB'],
    run: (session, { argument }) => combine(session, argument),
  },
} as const satisfies Commands

/** The names of a list in which names with blanks stand in quotes. */
function parseNames(argument: string): string[] {
  const names: string[] = []
  for (let rest = argument.trim(); rest !== ''; ) {
    const quoted = parseQuotedPath(rest)
    const plain = /^\S+/.exec(rest)?.[0] ?? ''
    names.push(quoted ? quoted.path : plain)
    rest = (quoted ? quoted.rest : rest.slice(plain.length)).trim()
  }
  return names
}

/** Joins parts, in order, to the end of the target, and deletes them once the target stands. */
async function combine(session: Session, argument: string) {
  const [targetName, ...partNames] = parseNames(argument)
  if (targetName === undefined || partNames.length === 0) {
    throw session.refuse('command.needs-argument', { syntax: SPACE_COMMANDS.COMB.syntax })
  }
  const { files, signal } = session
  const target = files.resolve(targetName)
  const parts = partNames.map(name => files.resolve(name))
  for (const needs of ['write', 'append'] as const) {
    if (!files.may(needs, target)) throw session.refuse('file.denied', { permission: needs, path: target })
  }
  for (const part of parts) {
    if (part === target)
      throw session.refuse('command.bad-parameter', { text: 'The target cannot be one of the parts.' })
    for (const needs of ['read', 'delete'] as const) {
      if (!files.may(needs, part)) throw session.refuse('file.denied', { permission: needs, path: part })
    }
  }
  const upload = await files.storage.write(target, { owner: files.owner, offset: 'end', mode: 'atomic' })
  try {
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (const part of parts) {
      await using source = await files.storage.read(part, 0)
      for (let got = await source.read(buffer); got > 0; got = await source.read(buffer)) {
        if (signal.aborted) throw new StorageError('STORAGE_FAILED', 'The session ended.')
        await upload.write(buffer.subarray(0, got))
      }
    }
    await upload.publish()
  } catch (error) {
    await upload.abandon({ keep: false })
    throw error
  }
  for (const part of parts) await files.storage.removeFile(part)
  // The bytes only moved: what is gone from the user's count are the parts' files.
  session.freeQuota(target, { bytes: 0, files: parts.length - (upload.offset === 0 ? 1 : 0) })
  session.emit({ type: 'file', change: 'copied', path: parts.join(' '), to: target })
  return session.say('file.done', { text: `${parts.length} parts joined.` })
}
