import type { StatusCode } from '../codes.ts'
import type { ConnectorNote } from '../control/messages.ts'
import { FtpInspector } from './inspector.ts'
import type { Inspected } from './outcome.ts'

/** The server of all inspections. */
const SERVER = '10.0.0.9'

/** What one side says: Latin-1, so that any byte can be written down; `end` is its end. */
export type Said =
  | readonly [side: 'client' | 'server', what: string]
  | readonly [side: 'client-end' | 'server-end']

/** What came out, in Latin-1, and in which order. */
export interface Inspection {
  readonly toServer: string
  readonly toClient: string
  readonly notes: readonly ConnectorNote[]
  readonly failed: StatusCode | undefined
  readonly why: string
  readonly ends: readonly ('end-server' | 'end-client')[]
  readonly order: readonly string[]
}

/** Plays a conversation through an inspector. @param cut - cuts what one side says at once into chunks */
export function inspect(
  said: readonly Said[],
  {
    cut = bytes => [bytes],
    server = SERVER,
  }: { cut?: (bytes: Buffer) => readonly Buffer[]; server?: string } = {},
): Inspection {
  const inspector = new FtpInspector({ server })
  const steps: Inspected[] = []
  const keep = (some: readonly Inspected[]) => {
    // The bytes are valid until the next call only.
    for (const step of some) steps.push('bytes' in step ? { ...step, bytes: Buffer.from(step.bytes) } : step)
  }
  for (const [side, what = ''] of said) {
    if (side === 'client-end') keep(inspector.clientEnd())
    else if (side === 'server-end') keep(inspector.serverEnd())
    else
      for (const piece of cut(Buffer.from(what, 'latin1'))) {
        const chunk = Buffer.from(piece)
        keep(side === 'client' ? inspector.fromClient(chunk) : inspector.fromServer(chunk))
        // A socket uses the memory of its chunks again.
        chunk.fill(0x2a)
      }
  }
  return collect(steps)
}

function collect(steps: readonly Inspected[]): Inspection {
  const text = (to: 'to-server' | 'to-client') =>
    steps.map(step => ('bytes' in step && step.do === to ? step.bytes.toString('latin1') : '')).join('')
  const failure = steps.find(step => step.do === 'fail')
  return {
    toServer: text('to-server'),
    toClient: text('to-client'),
    notes: steps.flatMap(step => (step.do === 'note' ? [step.note] : [])),
    failed: failure?.status.code,
    why: failure?.status.text ?? '',
    ends: steps.flatMap(step => (step.do === 'end-server' || step.do === 'end-client' ? [step.do] : [])),
    order: inOrder(steps),
  }
}

/** Each step in one word; bytes for one side that follow each other are one. */
function inOrder(steps: readonly Inspected[]): string[] {
  const words: string[] = []
  for (const step of steps) {
    const word = step.do === 'note' ? step.note.type : step.do
    if (words.at(-1) !== word || !word.startsWith('to-')) words.push(word)
  }
  return words
}

export const GREETING: Said = ['server', '220 Ready.\r\n']
export const LOGIN: readonly Said[] = [
  GREETING,
  ['client', 'USER alice\r\n'],
  ['server', '331 Password.\r\n'],
  ['client', 'PASS secret\r\n'],
  ['server', '230 Welcome.\r\n'],
]
export const PASV: readonly Said[] = [
  ['client', 'PASV\r\n'],
  ['server', '227 Entering Passive Mode (10,0,0,9,195,80).\r\n'],
]
/** Ports that are opened. */
export const expected = (said: readonly Said[]) => inspect(said).notes.filter(({ type }) => type === 'expect')
/** Codes of warnings. */
export const warnings = (said: readonly Said[], server?: string) =>
  inspect(said, server === undefined ? {} : { server }).notes.flatMap(note =>
    note.type === 'warning' ? [note.status.code] : [],
  )
/** All that one side says. */
export const sides = (said: readonly Said[], side: 'client' | 'server') =>
  said.map(one => (one[0] === side ? one[1] : '')).join('')
