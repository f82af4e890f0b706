import type { RemoteEntry } from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import { modifiedOf } from './facts.ts'

/** Servers keep their clocks to the minute, zones to the quarter of an hour. */
const STEP_MINUTES = 15
/** The zones there are, in minutes. */
const MOST_MINUTES = 14 * 60
const MS_PER_MINUTE = 60_000

/**
 * How far the times of LIST are ahead of UTC, in minutes: LIST has no zone, MDTM is UTC, so one file asked by MDTM tells
 * (WinSCP's way). Remembered for the host; 0 where nothing tells.
 *
 * @param entries - read as if the server were on UTC
 */
export async function findZone(
  session: Session,
  folder: string | undefined,
  entries: readonly RemoteEntry[],
  signal: AbortSignal,
): Promise<number> {
  if (!session.has('MDTM')) return 0
  const sample = entries.find(
    entry => entry.kind === 'file' && entry.modified !== undefined && entry.precision === 'minute',
  )
  if (sample?.modified === undefined) return 0
  const exact = await modifiedOf(session, joinPath(folder, sample.name), signal)
  if (exact === undefined) return 0
  const minutes = (sample.modified - exact) / MS_PER_MINUTE
  const zone = Math.round(minutes / STEP_MINUTES) * STEP_MINUTES
  if (Math.abs(zone) > MOST_MINUTES) return 0
  session.facts.zoneMinutes = zone
  session.decide('zone', {
    code: 'zone-by-mdtm',
    text: `Times in LIST are ${zone} minutes ahead of UTC, by MDTM of ${sample.name}.`,
  })
  return zone
}

/** Times as they are when the server's clock is ahead by so many minutes. */
export function shiftTimes(entries: readonly RemoteEntry[], zoneMinutes: number): readonly RemoteEntry[] {
  if (zoneMinutes === 0) return entries
  return entries.map(entry =>
    entry.modified === undefined || entry.precision === 'day'
      ? entry
      : { ...entry, modified: entry.modified - zoneMinutes * MS_PER_MINUTE },
  )
}

/** The zone that was set or found out; undefined when it has to be asked for. Minutes ahead of UTC. */
export function knownZone({ options, facts }: Session): number | undefined {
  return options.serverZone === 'ask' ? facts.zoneMinutes : options.serverZone
}

/** A path of a name in a folder, as servers with `/` between names read it. */
export function joinPath(folder: string | undefined, name: string): string {
  if (folder === undefined || folder === '') return name
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}
