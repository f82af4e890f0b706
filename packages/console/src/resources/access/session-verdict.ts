import type { AccessStream } from '../../contract/index.ts'
import { commandText, type Transfer } from './session-transfers.ts'

/** Ends that are in order; every other one is a fault or a refusal. */
const CLEAN: ReadonlySet<string> = new Set(['AGT_FINISHED', 'SRV_FINISHED'])

const ACTIVE = 'CON_FTP_ACTIVE_REFUSED'

/** What became of a session, in one sentence: the worst of it first. */
export function verdictOf(
  control: AccessStream,
  streams: readonly AccessStream[],
  transfers: readonly Transfer[],
): string {
  if (control.ConnectionStatus === 'refused') return `It was refused: ${withoutDot(lower(control.Text))}.`
  const data = streams.filter(stream => stream !== control)
  const broken = data.filter(
    stream => isOver(stream) && !isClean(stream) && stream.ConnectionStatus !== 'refused',
  )
  const refused = data.filter(({ ConnectionStatus }) => ConnectionStatus === 'refused')
  const failed = transfers.filter(({ reply }) => reply === undefined || reply >= 400)
  const facts = [
    ...fact(broken.length, 'was broken off', 'were broken off', broken[0]?.Text),
    ...fact(refused.length, 'was refused', 'were refused', refused[0]?.Text),
  ]
  const isActive = control.Events.some(({ text }) => text.startsWith(ACTIVE))
  if (isActive)
    facts.push('active mode was refused, because it does not work through connections that only go outwards')
  const [worst] = failed
  if (facts.length === 0 && worst) facts.push(`${commandText(worst)} failed: ${replyText(worst)}`)
  return `${[headOf(control), movedText(streams, data), ...facts].join('; ')}.`
}

function headOf(control: AccessStream): string {
  if (!isOver(control)) return 'It is open'
  return isClean(control) ? 'It ended in order' : `It was broken off: ${withoutDot(control.Text)}`
}

function movedText(streams: readonly AccessStream[], data: readonly AccessStream[]): string {
  const sum = (of: (stream: AccessStream) => number) => streams.reduce((total, one) => total + of(one), 0)
  const sent = sum(one => one.ZENTotalBytesRxClient)
  const received = sum(one => one.ZENTotalBytesTxClient)
  const connections = data.filter(({ ConnectionStatus }) => ConnectionStatus !== 'refused').length
  const count = connections === 1 ? '1 data connection' : `${connections} data connections`
  return `${count}, ${bytes(sent)} to the server and ${bytes(received)} from it`
}

function fact(count: number, one: string, more: string, because: string | undefined): string[] {
  if (count === 0) return []
  const what = count === 1 ? `one data connection ${one}` : `${count} data connections ${more}, the first`
  return [`${what}: ${withoutDot(lower(because ?? ''))}`]
}

const replyText = ({ reply, text }: Transfer) =>
  withoutDot(reply === undefined ? lower(text) : `${reply} ${text}`)
const bytes = (count: number) => (count === 1 ? '1 byte' : `${count} bytes`)
const isOver = ({ TimestampConnectionEnd }: AccessStream) => TimestampConnectionEnd !== 0
const isClean = ({ InternalReason }: AccessStream) => CLEAN.has(InternalReason)
const withoutDot = (text: string) => text.replace(/\.$/, '')
const lower = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1)
