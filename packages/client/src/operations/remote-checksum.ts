import {
  type HashAlgorithm,
  type HashReply,
  ProtocolError,
  parseHashAlgorithm,
  parseHashReply,
  type Reply,
} from '@portolan/protocol'
import { FtpError, replyText } from '../errors.ts'
import type { Session } from '../session/session.ts'

/** A checksum that a server has computed. */
export interface RemoteChecksum {
  readonly algorithm: HashAlgorithm
  /** In lower-case hexadecimal. */
  readonly hash: string
}

/** Commands of before HASH, the strongest first. */
const X_COMMANDS: readonly (readonly [string, HashAlgorithm])[] = [
  ['XSHA512', 'SHA-512'],
  ['XSHA256', 'SHA-256'],
  ['XSHA1', 'SHA-1'],
  ['XSHA', 'SHA-1'],
  ['XMD5', 'MD5'],
  ['MD5', 'MD5'],
  ['XCRC', 'CRC32'],
]

/** The order in which algorithms are chosen when none is asked for. */
const PREFERRED: readonly HashAlgorithm[] = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32']

/** Computing takes the server time: a gigabyte some seconds, a slow disk minutes. */
const CHECKSUM_MS = 600_000

/** The checksums a server can compute, by FEAT, in the order of preference. */
export function remoteAlgorithms(session: Session): readonly HashAlgorithm[] {
  const byHash = hashAlgorithms(session)
  const byX = X_COMMANDS.filter(([verb]) => session.has(verb)).map(([, algorithm]) => algorithm)
  const all = new Set([...byHash, ...byX])
  return PREFERRED.filter(algorithm => all.has(algorithm))
}

/**
 * Lets the server compute a checksum: HASH (draft-bryan-ftpext-hash), else one of the X commands.
 *
 * @param algorithm - undefined: the best that the server has
 * @throws {FtpError} `FTP_UNSUPPORTED` where it has none, `FTP_REPLY` when it refuses
 */
export async function remoteChecksum(
  session: Session,
  path: string,
  algorithm: HashAlgorithm | undefined,
  signal: AbortSignal,
): Promise<RemoteChecksum> {
  const has = remoteAlgorithms(session)
  const chosen = algorithm ?? has[0]
  if (chosen === undefined || !has.includes(chosen)) {
    const can = has.length === 0 ? 'none' : has.join(', ')
    throw new FtpError(
      'FTP_UNSUPPORTED',
      `The server cannot compute ${algorithm ?? 'a checksum'}; it has ${can}.`,
      { phase: 'command', command: 'HASH' },
    )
  }
  await session.setType('I', signal)
  if (hashAlgorithms(session).includes(chosen)) return byHash(session, path, chosen, signal)
  const [verb = ''] = X_COMMANDS.find(([name, its]) => its === chosen && session.has(name)) ?? []
  const reply = await session.command(verb, path, signal, { replyMs: CHECKSUM_MS })
  return { algorithm: chosen, hash: hexIn(reply.lines.join(' '), chosen) }
}

async function byHash(
  session: Session,
  path: string,
  algorithm: HashAlgorithm,
  signal: AbortSignal,
): Promise<RemoteChecksum> {
  await session.command('OPTS', `HASH ${algorithm}`, signal)
  const reply = await session.command('HASH', path, signal, { replyMs: CHECKSUM_MS })
  const parsed = hashIn(reply)
  if (parsed?.algorithm !== algorithm)
    throw new FtpError('FTP_PROTOCOL', `HASH answered ${replyText(reply)} where ${algorithm} was chosen.`, {
      phase: 'command',
      command: 'HASH',
      reply,
    })
  return { algorithm, hash: parsed.hash }
}

function hashIn(reply: Reply): HashReply | undefined {
  try {
    return parseHashReply(reply.lines[0])
  } catch (error) {
    if (error instanceof ProtocolError) return undefined
    throw error
  }
}

/** `HASH SHA-256*;SHA-512` of FEAT. */
function hashAlgorithms(session: Session): readonly HashAlgorithm[] {
  const named = session.facts.features?.get('HASH') ?? ''
  return named.split(/[;,\s]+/).flatMap(name => parseHashAlgorithm(name.replace('*', '')) ?? [])
}

const LENGTHS: Readonly<Record<HashAlgorithm, number>> = {
  'SHA-256': 64,
  'SHA-512': 128,
  'SHA-1': 40,
  MD5: 32,
  CRC32: 8,
}

/** The one hexadecimal word of the right length; servers put the name and other words around it. */
function hexIn(text: string, algorithm: HashAlgorithm): string {
  const length = LENGTHS[algorithm]
  const words = text.split(/[\s"]+/).filter(word => /^[0-9a-f]+$/i.test(word))
  // CRC32 comes without leading zeros, too.
  const found = words.find(word => (algorithm === 'CRC32' ? word.length <= length : word.length === length))
  if (!found)
    throw new FtpError('FTP_PROTOCOL', `The reply holds no ${algorithm}: ${text}`, { phase: 'command' })
  return found.toLowerCase().padStart(length, '0')
}
