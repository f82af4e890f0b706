import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AgentEvent, ConnectorEvent, EdgeEvent } from '@portolan/gateway'
import pino from 'pino'
import { logPartEvent } from './gateway-log.ts'

type Event = AgentEvent | ConnectorEvent | EdgeEvent

function lineOf(event: Event): string {
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: line => void lines.push(line) })
  logPartEvent(logger, event)
  const [only = '', more] = lines
  assert.equal(more, undefined)
  const { level, msg }: { level: number; msg: string } = JSON.parse(only)
  return `${pino.levels.labels[level]}: ${msg}`
}

const refused = { code: 'POL_DENIED', text: 'An access rule denies it.' } as const
const finished = { code: 'AGT_FINISHED', text: 'The client ended first.' } as const

describe('the log of a part', () => {
  const cases: readonly [Event, string][] = [
    [
      {
        type: 'connection',
        how: 'refused',
        target: '10.0.0.9:21',
        text: '10.0.0.9:21 was refused: No.',
        status: refused,
      },
      'warn: 10.0.0.9:21 was refused: No. (POL_DENIED)',
    ],
    [
      { type: 'connection', how: 'ended', target: '10.0.0.9:21', text: 'It has ended.', status: finished },
      'debug: It has ended. (AGT_FINISHED)',
    ],
    [
      { type: 'connection', how: 'forwarded', target: '10.0.0.9:21', text: 'It is forwarded.' },
      'debug: It is forwarded.',
    ],
    [
      { type: 'stream', connection: 'c', user: 'alice', target: '10.0.0.9:21', status: refused },
      'warn: alice to 10.0.0.9:21: An access rule denies it. (POL_DENIED)',
    ],
    [
      { type: 'stream', connection: 'c', user: 'alice', target: '10.0.0.9:21' },
      'debug: alice to 10.0.0.9:21 is open',
    ],
    [
      {
        type: 'refused-link',
        address: '192.0.2.1',
        status: { code: 'POL_HANDSHAKE', text: 'It spoke HTTP.' },
      },
      'warn: 192.0.2.1 was refused: It spoke HTTP. (POL_HANDSHAKE)',
    ],
    [{ type: 'listening', how: 'socks5', address: '127.0.0.1:1080' }, 'info: SOCKS 5: 127.0.0.1:1080'],
    [{ type: 'listening', address: '0.0.0.0', port: 8443 }, 'info: listening at 0.0.0.0 port 8443'],
    [{ type: 'edge', edge: 'e', state: 'lost', text: 'gone' }, 'warn: gone'],
    [{ type: 'controller', state: 'connected', text: 'there' }, 'info: there'],
    [
      { type: 'signed-in', user: 'alice', until: 0 },
      'info: signed in as alice until 1970-01-01T00:00:00.000Z',
    ],
    [
      { type: 'health', segment: 'ftp', host: '10.0.0.9', port: 21, state: 'down' },
      'warn: 10.0.0.9 port 21 of segment ftp is down',
    ],
    [{ type: 'warning', code: 'X', text: 'line\nbreak' }, 'warn: line\\x0abreak'],
  ]
  for (const [event, line] of cases) {
    it(`says "${line}"`, () => assert.equal(lineOf(event), line))
  }
})
