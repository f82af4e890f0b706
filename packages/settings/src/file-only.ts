import { isDeepStrictEqual } from 'node:util'
import type { Problem } from './errors.ts'
import type { Input } from './layers.ts'
import { parsePath, valueAt } from './paths.ts'

/**
 * Settings that the settings file alone has: they name programs that run and files that are read on this machine. Who may
 * administer transfers by the console is not for that reason somebody who may run anything there.
 */
const FILE_ONLY = ['transfers.programs', 'transfers.mail.passwordFile', 'transfers.webhookKeyFile'] as const

/**
 * Those that a change of the store's tree would set. Taking them away is no mistake, nor is saying what is so already.
 * @param below - what the file says
 */
export function fileOnlyProblems(before: Input, after: Input, below: Input): Problem[] {
  return FILE_ONLY.filter(path => {
    const parts = parsePath(path)
    const value = valueAt(after, parts)
    const known: unknown[] = [undefined, {}, valueAt(before, parts), valueAt(below, parts)]
    return !known.some(one => isDeepStrictEqual(one, value))
  }).map(path => ({
    path,
    message: 'is set in the settings file alone, because it names what runs or is read on this machine',
  }))
}
