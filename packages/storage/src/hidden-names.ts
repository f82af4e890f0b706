import { createHash, randomBytes } from 'node:crypto'
import { encodeName } from '@portolan/protocol'
import { failure } from './failure.ts'

/** What the names of unpublished uploads begin with. They are never listed, and no client can name them. */
export const HIDDEN_PREFIX = '.portolan-'

const IN_FLIGHT = `${HIDDEN_PREFIX}upload-`
const KEPT = `${HIDDEN_PREFIX}kept-`

/** Not a normalised absolute path, or a hidden name in it. Case counts for nothing on some file systems. */
const REFUSED = /^(?!\/)|\/\/|\/$|\/\.{1,2}(?=\/|$)|\0|\/\.portolan-/i

/** The name of an upload in flight: random, so that two writers never share one. */
export function inFlightName(): string {
  return IN_FLIGHT + randomBytes(16).toString('hex')
}

/**
 * The name under which a broken upload waits for its owner. The same for the same owner and name, in whatever process:
 * it stands in the folder of the file, so a renamed folder takes it along.
 */
export function keptName(owner: string, name: string): string {
  const hash = createHash('sha256').update(encodeName(owner)).update('\0').update(encodeName(name))
  return KEPT + hash.digest('hex').slice(0, 32)
}

/** Whether a name is one of ours, not to be shown. */
export function isHidden(name: string): boolean {
  return name.charCodeAt(0) === 0x2e && name.slice(0, HIDDEN_PREFIX.length).toLowerCase() === HIDDEN_PREFIX
}

/** What a hidden name stands for; undefined when no upload of ours has such names. */
export function kindOfHidden(name: string): 'in flight' | 'kept' | undefined {
  if (name.startsWith(IN_FLIGHT)) return 'in flight'
  return name.startsWith(KEPT) ? 'kept' : undefined
}

/**
 * Refuses what `resolvePath` never makes: a second fence in front of the disk.
 *
 * @throws {StorageError} `STORAGE_BAD_NAME`
 */
export function checkPath(path: string): void {
  if (path !== '/' && REFUSED.test(path)) throw failure('STORAGE_BAD_NAME')
}
