import type { ControllerEvent } from '@portolan/gateway'
import type { Log } from '../../http/log.ts'
import { oneLine } from '../one-line.ts'

/** Writes what happens on the access path as lines of the node's log. Streams have a log of their own. */
export function logAccess(log: Log, event: ControllerEvent): void {
  switch (event.type) {
    case 'edge-connected':
    case 'edge-lost': {
      const { edge, address } = event
      const record = { event: event.type, edge, address }
      return event.type === 'edge-lost'
        ? log('warn', record, oneLine(`the edge ${edge} is lost`))
        : log('info', record, oneLine(`the edge ${edge} has connected from ${address}`))
    }
    case 'enrolled':
    case 'renewed':
    case 'signed-in':
    case 'enrol-refused':
    case 'sign-in-refused': {
      const { who, address, text } = event
      const level = event.type.endsWith('refused') ? 'warn' : 'info'
      return log(level, { event: `access-${event.type}`, who, address }, oneLine(text))
    }
    case 'warning':
      return log('warn', { event: 'access-warning', code: event.code }, oneLine(event.text))
    case 'streams':
  }
}
