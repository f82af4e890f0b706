import { HASH_ALGORITHMS, type HashAlgorithm, parseHashAlgorithm, type RemoteEntry } from '@portolan/protocol'
import { UserError } from '../user-error.ts'
import { eachRemote } from './change.ts'
import type { ClientIo } from './client-io.ts'
import type { ClientRun, CommonFlags } from './client-run.ts'
import { entryEvent, isoTime, modeText, octal } from './entry-text.ts'
import { printable } from './printable.ts'
import type { Remote } from './remotes.ts'

/** `portolan stat`: what is known of files and folders. */
export async function stat(urls: readonly string[], flags: CommonFlags, io: ClientIo): Promise<number> {
  return eachRemote(urls, flags, io, statOne)
}

/** Tells what is known of what a path names. */
export async function statOne(run: ClientRun, { client, path }: Remote): Promise<void> {
  // The folder of the login is named by its own path.
  const asked = path === '' ? await client.pwd({ signal: run.signal }) : path
  const entry = await client.stat(asked, { signal: run.signal })
  run.answer(entryEvent(entry, asked), statLines(entry, asked).join('\n'))
}

/** One line for each thing that is known. */
export function statLines(entry: RemoteEntry, path: string): readonly string[] {
  const { kind, size, mode, owner, group, target, perm } = entry
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['path', path],
    ['kind', kind],
    ['size', kind === 'folder' || size === undefined ? undefined : String(size)],
    ['modified', isoTime(entry)],
    ['mode', mode === undefined ? undefined : `${octal(mode)} ${modeText(mode)}`],
    ['owner', owner],
    ['group', group],
    ['target', target],
    ['may', perm],
  ]
  return rows.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(9)} ${printable(value)}`],
  )
}

/** The flags of `portolan checksum`. */
export interface ChecksumFlags extends CommonFlags {
  readonly algorithm?: string
}

/** `portolan checksum`: computed by the server, printed as `sha256sum` does. */
export async function checksum(urls: readonly string[], flags: ChecksumFlags, io: ClientIo): Promise<number> {
  const algorithm = readAlgorithm(flags.algorithm)
  return eachRemote(urls, flags, io, (run, remote) => checksumOne(run, remote, algorithm))
}

/** Prints the checksum of the file that a path names. */
export async function checksumOne(
  run: ClientRun,
  { client, path }: Remote,
  algorithm: HashAlgorithm | undefined,
): Promise<void> {
  const sum = await client.checksum(path, algorithm, { signal: run.signal })
  run.answer({ event: 'checksum', name: path, ...sum }, `${sum.hash}  ${printable(path)}`)
}

/** @throws {UserError} with the names there are */
export function readAlgorithm(text: string | undefined): HashAlgorithm | undefined {
  if (text === undefined) return undefined
  const found = parseHashAlgorithm(text)
  if (found) return found
  throw new UserError(`--algorithm is one of ${HASH_ALGORITHMS.join(', ')}, and not ${JSON.stringify(text)}`)
}
