import type { AgentEvent, ConnectorEvent, EdgeEvent, Status } from '@portolan/gateway'
import type { Logger } from 'pino'
import { printable } from './client/printable.ts'

type Level = 'debug' | 'info' | 'warn'
type PartEvent = EdgeEvent | ConnectorEvent | AgentEvent

/** Ends that are in order. */
const CLEAN: ReadonlySet<string> = new Set(['AGT_FINISHED', 'SRV_FINISHED'])

/** Writes an event of an edge, a connector or an agent as a line of the log. */
export function logPartEvent(logger: Pick<Logger, Level>, event: PartEvent): void {
  const [level, text] = lineOf(event)
  const { type, ...fields } = event
  logger[level]({ event: type, ...fields }, printable(text))
}

function lineOf(event: PartEvent): [Level, string] {
  switch (event.type) {
    case 'controller':
      return [event.state === 'connected' ? 'info' : 'warn', event.text]
    case 'connected':
    case 'gone':
      return ['info', event.text]
    case 'refused-link':
      return ['warn', `${event.address} was refused: ${event.status.text} (${event.status.code})`]
    case 'edge':
      return [event.state === 'connected' ? 'info' : 'warn', event.text]
    case 'stream':
      return [levelOf(event.status), streamText(event)]
    case 'health':
      return [
        event.state === 'down' ? 'warn' : 'info',
        `${event.host} port ${event.port} of segment ${event.segment} is ${event.state}`,
      ]
    case 'signed-in':
      return ['info', `signed in as ${event.user} until ${new Date(event.until).toISOString()}`]
    case 'listening':
      return [
        'info',
        'how' in event
          ? `${HOW[event.how]}: ${event.address}`
          : `listening at ${event.address} port ${event.port}`,
      ]
    case 'definitions':
      return ['info', event.segments === 1 ? '1 segment is known' : `${event.segments} segments are known`]
    case 'connection':
      return [event.how === 'refused' ? 'warn' : levelOf(event.status), withCode(event.text, event.status)]
    case 'warning':
      return ['warn', event.text]
  }
}

const HOW = {
  socks5: 'SOCKS 5',
  http: 'HTTP proxy',
  listener: 'listener',
  transparent: 'transparent interception',
} as const

const levelOf = (status: Status | undefined): Level =>
  status === undefined || CLEAN.has(status.code) ? 'debug' : 'warn'

const withCode = (text: string, status: Status | undefined) =>
  status === undefined ? text : `${text} (${status.code})`

function streamText({
  user,
  target,
  status,
}: {
  readonly user: string
  readonly target: string
  readonly status?: Status
}): string {
  return status === undefined
    ? `${user} to ${target} is open`
    : withCode(`${user} to ${target}: ${status.text}`, status)
}
