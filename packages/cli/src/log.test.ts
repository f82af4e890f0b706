import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerEvent } from '@portolan/server'
import { logEvent } from './log.ts'

const anna = { session: '1-1', address: '192.0.2.7', user: 'anna' }
const because = { code: 'x', text: 'the reason' }
const transfer = {
  ...anna,
  command: 'STOR',
  path: '/in/a.txt',
  direction: 'upload',
  mode: 'passive',
  local: '192.0.2.1:61000',
  remote: '192.0.2.7:5000',
  because,
} as const

const cases: { event: ServerEvent; level: string; line: string }[] = [
  {
    event: { type: 'session-opened', session: '1-1', address: '::1', listener: 'public', tls: true },
    level: 'info',
    line: '::1 connected to public under TLS',
  },
  {
    event: { type: 'login', ...anna, userClass: 'staff', because },
    level: 'info',
    line: 'anna (192.0.2.7) logged in; class staff: the reason',
  },
  {
    event: { type: 'login-failed', ...anna, code: 'password', text: 'wrong password' },
    level: 'warn',
    line: 'anna (192.0.2.7): login failed: wrong password',
  },
  {
    event: { type: 'command', ...anna, verb: 'CWD', argument: '/in', reply: 250, ms: 1.2345 },
    level: 'debug',
    line: 'anna (192.0.2.7): CWD /in → 250 in 1.2 ms',
  },
  {
    event: {
      type: 'data-failed',
      ...anna,
      command: 'LIST',
      code: 'CHANNEL_ACCEPT_TIMEOUT',
      text: 'nobody came',
    },
    level: 'warn',
    line: 'anna (192.0.2.7): no data connection for LIST: nobody came',
  },
  {
    event: {
      type: 'transfer-ended',
      ...transfer,
      bytes: 12,
      ms: 3,
      verdict: 'complete',
      reply: 226,
      tls: { protocol: 'TLSv1.3', reused: true },
    },
    level: 'info',
    line: 'anna (192.0.2.7): STOR /in/a.txt: 12 bytes in 3 ms (passive, TLS)',
  },
  {
    event: {
      type: 'transfer-ended',
      ...transfer,
      bytes: 5,
      ms: 61_234,
      verdict: 'broken',
      reply: 426,
      text: 'it was reset',
    },
    level: 'warn',
    line: 'anna (192.0.2.7): STOR /in/a.txt: 5 bytes in 61.2 s (passive): broken: it was reset',
  },
  {
    event: { type: 'file', ...anna, change: 'renamed', path: '/a', to: '/b' },
    level: 'info',
    line: 'anna (192.0.2.7): renamed /a to /b',
  },
  {
    event: { type: 'worker-lost', worker: 2, pid: 77, sessions: 3, text: 'killed' },
    level: 'error',
    line: 'worker 2 (process 77) is gone with 3 sessions: killed',
  },
  { event: { type: 'warning', code: 'x', text: 'mind this' }, level: 'warn', line: 'mind this' },
]

/** What is logged for an event. */
function logged(event: ServerEvent): { level: string; fields: object; line: string } {
  const found: { level: string; fields: object; line: string }[] = []
  const at = (level: string) => (fields: object, line?: string) =>
    void found.push({ level, fields, line: line ?? '' })
  logEvent({ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, event)
  const [only] = found
  assert.ok(only !== undefined && found.length === 1)
  return only
}

for (const { event, level, line } of cases) {
  test(`an event ${event.type} is logged at ${level} as: ${line}`, () => {
    const { type, ...fields } = event
    assert.deepEqual(logged(event), { level, line, fields: { event: type, ...fields } })
  })
}

test('a password never reaches the log, neither the sentence nor the fields', () => {
  for (const verb of ['PASS', 'ACCT']) {
    const entry = logged({ type: 'command', ...anna, verb, argument: 'hunter2', reply: 530, ms: 1 })
    assert.ok(!JSON.stringify(entry).includes('hunter2'), verb)
    assert.match(entry.line, /\*\*\* → 530/)
  }
})

test('the name of a file forges no line of the log and steers no terminal', () => {
  const path = '/a\n{"level":"info"}\u001b[2J\u009b\u202e'
  const { line } = logged({ type: 'file', ...anna, change: 'deleted', path })
  assert.equal(line, 'anna (192.0.2.7): deleted /a\\u000a{"level":"info"}\\u001b[2J\\u009b\\u202e')
})
