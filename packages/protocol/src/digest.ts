import { ProtocolError } from './errors.ts'

/** The algorithms of HASH, by their names in the registry of draft-bryan-ftpext-hash, the default first. */
export const HASH_ALGORITHMS = ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32'] as const

export type HashAlgorithm = (typeof HASH_ALGORITHMS)[number]

/** A 213 reply to HASH. */
export interface HashReply {
  readonly algorithm: HashAlgorithm
  /** First byte that went into the hash. */
  readonly start: number
  /** Last byte that went into the hash; for an empty file the same as `start`. */
  readonly end: number
  /** In lower-case hexadecimal. */
  readonly hash: string
  readonly name: string
}

/** Algorithms without the hyphens and in upper case: clients write SHA256 and sha-256. */
const BY_PLAIN_NAME = new Map<string, HashAlgorithm>(HASH_ALGORITHMS.map(name => [plainName(name), name]))
const HASH_REPLY = /^(\S+) (\d{1,15})-(\d{1,15}) ([0-9a-f]+) (.+)$/is

/** The algorithm of a name, such as `sha-256` or `SHA256`; undefined for one that we do not compute. */
export function parseHashAlgorithm(text: string): HashAlgorithm | undefined {
  return BY_PLAIN_NAME.get(plainName(text.trim()))
}

/** The FEAT line of HASH, with `*` behind the algorithm that is selected. */
export function formatHashFeature(selected: HashAlgorithm): string {
  return `HASH ${HASH_ALGORITHMS.map(name => (name === selected ? `${name}*` : name)).join(';')}`
}

/** Writes the text of a 213 reply to HASH: `SHA-256 0-49 hex name`. draft-bryan-ftpext-hash section 3.2. */
export function formatHashReply({ algorithm, start, end, hash, name }: HashReply): string {
  return `${algorithm} ${start}-${end} ${hash.toLowerCase()} ${name}`
}

/**
 * Reads the text of a 213 reply to HASH.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_REPLY`
 */
export function parseHashReply(text: string): HashReply {
  const [, name = '', start, end, hash = '', file = ''] = HASH_REPLY.exec(text) ?? []
  const algorithm = parseHashAlgorithm(name)
  if (!algorithm)
    throw new ProtocolError('PROTOCOL_BAD_REPLY', 'The reply to HASH holds no hash of a known algorithm.')
  return { algorithm, start: Number(start), end: Number(end), hash: hash.toLowerCase(), name: file }
}

/** The algorithm of one of XCRC, XMD5, XSHA1, XSHA256 and XSHA512, and of the spellings MD5, XSHA and so on. */
const BY_VERB: Readonly<Record<string, HashAlgorithm>> = {
  XCRC: 'CRC32',
  MD5: 'MD5',
  XMD5: 'MD5',
  XSHA: 'SHA-1',
  XSHA1: 'SHA-1',
  XSHA256: 'SHA-256',
  XSHA512: 'SHA-512',
}

/** The algorithm of a checksum command by its verb in upper case; undefined for any other verb. */
export function hashAlgorithmOfVerb(verb: string): HashAlgorithm | undefined {
  return Object.hasOwn(BY_VERB, verb) ? BY_VERB[verb] : undefined
}

function plainName(name: string): string {
  return name.toUpperCase().replaceAll('-', '')
}
