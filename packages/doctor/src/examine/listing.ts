import type { Session } from '@portolan/client'
import { ListingReader, parseTimeVal, type RemoteEntry } from '@portolan/protocol'
import type { ListingEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Way } from '../ways.ts'
import type { Context } from './context.ts'
import { Beginning } from './move.ts'
import { transferBy } from './way.ts'

const MOST_SAMPLES = 5
const MOST_SAMPLE = 120
const MINUTE_MS = 60_000
/** Zones are whole quarters of an hour. */
const STEP_MINUTES = 15

/** What a folder holds, as far as the steps after it need that. */
export interface Listed {
  readonly finding: Finding<ListingEvidence>
  readonly entries: readonly RemoteEntry[]
}

/** Lists by MLSD where the server has it and by LIST, counts what nobody can read, and finds the server's time zone. */
export async function examineListing(context: Context, session: Session, way: Way): Promise<Listed> {
  const listings: ListingEvidence['listings'][number][] = []
  let entries: readonly RemoteEntry[] = []
  let byList: readonly RemoteEntry[] = []
  for (const command of session.has('MLST') ? (['MLSD', 'LIST'] as const) : (['LIST'] as const)) {
    if (!session.usable) break
    const sink = new Beginning()
    const order = { verb: command, argument: context.folder }
    const transfer = await transferBy(context, session, way, order, { sink })
    const reader = new ListingReader(command === 'MLSD' ? { format: 'mlsd' } : { now: Date.now() })
    reader.push(sink.bytes)
    const read = reader.end()
    if (command === 'LIST') byList = read.entries
    if (entries.length === 0) entries = read.entries
    listings.push({
      command,
      outcome: transfer.outcome,
      entries: read.entries.length,
      unparsed: read.unparsed.length,
      samples: read.unparsed.slice(0, MOST_SAMPLES).map(line => line.slice(0, MOST_SAMPLE)),
      ...(read.dialect && { dialect: read.dialect }),
      ...(transfer.reply !== undefined && { reply: transfer.reply }),
    })
  }
  const zoneMinutes = await zone(context, session, byList)
  const good = listings.every(({ outcome, unparsed }) => outcome === 'moved' && unparsed === 0)
  return {
    entries,
    finding: {
      status: good ? 'pass' : 'warn',
      evidence: { listings, ...(zoneMinutes !== undefined && { zoneMinutes }) },
    },
  }
}

/** LIST has no zone, MDTM is UTC: one file asked by both tells. */
async function zone(
  { folder, signal }: Context,
  session: Session,
  entries: readonly RemoteEntry[],
): Promise<number | undefined> {
  const sample = entries.find(({ kind, precision }) => kind === 'file' && precision === 'minute')
  if (sample?.modified === undefined || !session.has('MDTM') || !session.usable) return undefined
  const path = joinPath(folder, sample.name)
  if (!isSendable(path)) return undefined
  const reply = await session.ask('MDTM', path, signal)
  if (reply.code !== 213) return undefined
  const exact = parseTimeVal(reply.lines[0].trim())
  if (exact === undefined) return undefined
  return Math.round((sample.modified - exact) / MINUTE_MS / STEP_MINUTES) * STEP_MINUTES
}

/** A path of a name in a folder. */
export function joinPath(folder: string | undefined, name: string): string {
  if (folder === undefined) return name
  return folder.endsWith('/') ? folder + name : `${folder}/${name}`
}

/** A hostile listing may hold what cannot be sent in a command. */
export function isSendable(path: string): boolean {
  return !/[\r\n\0]/.test(path)
}
