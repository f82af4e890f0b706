import type { ConfigFlags } from './config-flags.ts'
import { openConfigStore, toldAsLines } from './config-store.ts'
import { differenceLines } from './config-text.ts'
import type { Io } from './io.ts'
import { EXIT, UserError } from './user-error.ts'

/** Versions that are shown; older ones by number, with `diff`. */
const SHOWN = 100

/** `portolan config history`: who changed what and when, newest first. */
export async function showHistory(flags: ConfigFlags, io: Io): Promise<number> {
  await using config = await openConfigStore(flags, io)
  const versions = await config.settings.versions({ limit: SHOWN })
  if (versions.length === 0) io.out('nothing was changed yet: the settings are those of the file')
  for (const { version, at, by, comment, changed } of versions) {
    const what = changed.length === 0 ? 'nothing is different' : changed.join(', ')
    const when = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
    io.out(`${version}  ${when}  ${by}${comment === undefined ? '' : `  ${comment}`}`)
    io.out(`   ${what}`)
  }
  return EXIT.ok
}

/**
 * `portolan config diff [FROM] [TO]`: what differs between two versions. Without them: what the newest has changed; with
 * one: what has changed since. 0 is before the first.
 */
export async function showDifference(
  { from, to, flags }: { from?: number; to?: number; flags: ConfigFlags },
  io: Io,
): Promise<number> {
  await using config = await openConfigStore(flags, io)
  const newest = config.settings.view().version
  const after = to ?? newest
  const before = from ?? Math.max(after - 1, 0)
  const difference = await toldAsLines(config.settings.difference(before, after))
  for (const line of differenceLines(difference)) io.out(line)
  return EXIT.ok
}

/** The number of a version. @throws {UserError} when it is none */
export function versionNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new UserError(`${JSON.stringify(text)} is no version: portolan config history lists them`)
}
