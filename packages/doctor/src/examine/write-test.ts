import { randomBytes } from 'node:crypto'
import { openSession, replyText, type Session } from '@portolan/client'
import type { WriteEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Way } from '../ways.ts'
import type { Context } from './context.ts'
import { joinPath } from './listing.ts'
import { Beginning } from './move.ts'
import { transferBy } from './way.ts'

const SIZE = 1024 * 1024
/** What middleboxes look for, and line ends that ASCII conversion changes. */
const BAIT = [
  'PORT 10,1,2,3,4,5\r\n',
  '227 Entering Passive Mode (10,1,2,3,4,5)\r\n',
  'EPRT |1|10.1.2.3|1029|\r\n',
  '10.1.2.3\n\r\n\r',
]

/** Uploads a file of 1 MiB into a folder, downloads it, compares and removes it. */
export async function examineWrite(
  context: Context,
  session: Session,
  way: Way,
  folder: string,
): Promise<Finding<WriteEvidence>> {
  const { signal } = context
  const path = joinPath(folder, `portolan-doctor-${randomBytes(6).toString('hex')}.tmp`)
  const content = makeContent()
  await session.setType('I', signal)
  const source = (async function* () {
    for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536)
  })()
  const up = await transferBy(context, session, way, { verb: 'STOR', argument: path }, { source })
  const common = { path, bytes: content.length, up }
  if (up.outcome !== 'moved') {
    const removed = up.outcome === 'refused' || (await remove(context, session, path))
    return { status: 'fail', evidence: { ...common, removed } }
  }
  const sink = new Beginning(SIZE * 2)
  const down = await transferBy(context, session, way, { verb: 'RETR', argument: path }, { sink })
  const same = down.outcome === 'moved' ? compare(content, sink.bytes) : undefined
  const removed = await remove(context, session, path)
  return {
    status: same === 'same' && removed ? 'pass' : same === 'same' ? 'warn' : 'fail',
    evidence: {
      ...common,
      down,
      ...(same && { same }),
      removed,
      ...(!removed && { text: `${path} could not be removed: remove it by hand.` }),
    },
  }
}

function makeContent(): Buffer {
  const parts: Buffer[] = []
  for (let size = 0, count = 0; size < SIZE; count++) {
    const part = Buffer.concat([randomBytes(8_000), Buffer.from(BAIT[count % BAIT.length] ?? '', 'latin1')])
    parts.push(part)
    size += part.length
  }
  return Buffer.concat(parts).subarray(0, SIZE)
}

/** How what came back differs. */
export function compare(sent: Buffer, received: Buffer): NonNullable<WriteEvidence['same']> {
  if (sent.equals(received)) return 'same'
  const bare = (bytes: Buffer) => bytes.filter(byte => byte !== 0x0d && byte !== 0x0a)
  if (Buffer.from(bare(sent)).equals(Buffer.from(bare(received)))) return 'line-ends'
  return received.length < sent.length && sent.subarray(0, received.length).equals(received)
    ? 'shorter'
    : 'different'
}

/** On a session of its own, should the first have ended. */
async function remove(context: Context, session: Session, path: string): Promise<boolean> {
  const { options, dialler, signal } = context
  try {
    if (session.usable) return await removeOn(session, path, signal)
    await using fresh = await openSession(
      { options, dialler, facts: { refused: new Set() }, number: 1 },
      signal,
    )
    return await removeOn(fresh, path, signal)
  } catch {
    return false
  }
}

async function removeOn(session: Session, path: string, signal: AbortSignal): Promise<boolean> {
  const reply = await session.ask('DELE', path, signal)
  if (reply.code < 300) return true
  // It was never made.
  return reply.code === 550 && /no such|not found|not exist/i.test(replyText(reply))
}
