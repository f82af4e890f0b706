import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import {
  formatHashFeature,
  formatHashReply,
  type HashAlgorithm,
  parseChecksumArgument,
  reply,
} from '@portolan/protocol'
import { baseName } from '@portolan/storage'
import type { Session } from '../session/session.ts'
import type { Command, Commands } from './command.ts'

/** Read at once: a digest of a large file must not hold the event loop. */
const CHUNK = 256 * 1024

const NODE_NAMES: Readonly<Record<Exclude<HashAlgorithm, 'CRC32'>, string>> = {
  'SHA-256': 'sha256',
  'SHA-512': 'sha512',
  'SHA-1': 'sha1',
  MD5: 'md5',
}

/** The X commands: older names for one algorithm each, with an optional first and end byte. */
const checksum = (verb: string, algorithm: HashAlgorithm): Command => ({
  login: 'required',
  argument: 'required',
  syntax: `${verb} <file> [first byte] [end byte]`,
  features: [verb],
  async run(session, { argument }) {
    const { name, start, end } = parseChecksumArgument(argument)
    const path = session.files.resolve(name)
    const { hex } = await digest(session, path, algorithm, start ?? 0, end)
    return session.say('file.done', { text: hex.toUpperCase() })
  },
})

/** Proof that a file arrived whole: draft-bryan-ftpext-hash, and the X commands that clients know. */
export const DIGEST_COMMANDS = {
  HASH: {
    login: 'required',
    argument: 'required',
    syntax: 'HASH <file>',
    features: session => [formatHashFeature(chosen(session))],
    path: { needs: 'read' },
    async run(session, { path }) {
      const prepared = session.takePrepared()
      const range = prepared.kind === 'range' ? prepared : undefined
      const algorithm = chosen(session)
      const { hex, start, end } = await digest(
        session,
        path,
        algorithm,
        range?.start ?? 0,
        range && range.end + 1,
      )
      // The reply names the last byte, the arguments of the X commands the one after it.
      const hash = { algorithm, start, end: Math.max(start, end - 1), hash: hex, name: baseName(path) }
      return reply(213, formatHashReply(hash))
    },
  },
  XCRC: checksum('XCRC', 'CRC32'),
  XMD5: checksum('XMD5', 'MD5'),
  XSHA: checksum('XSHA', 'SHA-1'),
  XSHA1: checksum('XSHA1', 'SHA-1'),
  XSHA256: checksum('XSHA256', 'SHA-256'),
  XSHA512: checksum('XSHA512', 'SHA-512'),
} as const satisfies Commands

function chosen(session: Session): HashAlgorithm {
  return session.client.hash ?? 'SHA-256'
}

/** The digest of the bytes from `first` up to, not with, `end` (default: all that follow). */
async function digest(session: Session, path: string, algorithm: HashAlgorithm, first: number, end?: number) {
  if (!session.files.may('read', path)) throw session.refuse('file.denied', { permission: 'read', path })
  await using file = await session.files.storage.read(path, first)
  const last = Math.min(end ?? file.entry.size, file.entry.size)
  if (first > last)
    throw session.refuse('file.bad-offset', { text: `The file has ${file.entry.size} bytes.` })
  const state: Digest = algorithm === 'CRC32' ? crcState() : createHash(NODE_NAMES[algorithm])
  const buffer = Buffer.allocUnsafe(Math.max(1, Math.min(CHUNK, last - first)))
  let left = last - first
  while (left > 0) {
    if (session.signal.aborted) throw session.refuse('transfer.broken', { text: 'The session ended.' })
    const got = await file.read(left < buffer.length ? buffer.subarray(0, left) : buffer)
    if (got === 0) break
    state.update(buffer.subarray(0, got))
    left -= got
  }
  return { hex: state.digest('hex'), start: first, end: last - left }
}

/** What `createHash` and CRC-32 have in common. */
interface Digest {
  update(chunk: Buffer): unknown
  digest(encoding: 'hex'): string
}

function crcState(): Digest {
  let value = 0
  return {
    update(chunk: Buffer) {
      value = crc32(chunk, value)
    },
    digest: () => value.toString(16).padStart(8, '0'),
  }
}
