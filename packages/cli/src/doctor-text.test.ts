import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Diagnosis, Step } from '@portolan/doctor'
import { DoctorText } from './doctor-text.ts'

const GREETING: Step = {
  step: 'greeting',
  status: 'pass',
  ms: 7,
  evidence: { kind: 'ftp', text: '220 Ready \x1b[31m', code: 220, ms: 7, asked: 'off' },
}
const skipped = (step: Step['step'], reason: string): Step => ({
  step,
  status: 'skip',
  evidence: { reason },
  ms: 0,
})

const DIAGNOSIS: Diagnosis = {
  outcome: 'no-data',
  steps: [],
  verdicts: [
    {
      code: 'PASSIVE_RANGE_CLOSED',
      confidence: 'likely',
      severity: 'error',
      text: `The passive ports are closed${', and this sentence is long'.repeat(6)}.`,
      fixes: { network: 'Open them.' },
    },
  ],
}

function written(steps: readonly Step[], diagnosis: Diagnosis): string[] {
  const lines: string[] = []
  const text = new DoctorText({ out: line => lines.push(line) })
  for (const step of steps) text.step(step)
  text.conclude(diagnosis)
  return lines
}

test('a step is one line with its mark, name, time and what it found; no control of a server reaches the terminal', () => {
  const [first] = written([GREETING], DIAGNOSIS)
  assert.equal(first, '✓ Greeting            7 ms  220 Ready \\x1b[31m')
})

test('steps that were left out for one reason are told together, behind the others', () => {
  const lines = written(
    [
      skipped('epsv', 'No login.'),
      skipped('write', 'Not asked for.'),
      skipped('pasv', 'No login.'),
      GREETING,
    ],
    DIAGNOSIS,
  )
  assert.deepEqual(lines.slice(1, 3), ['– EPSV, PASV: No login.', '– Write test: Not asked for.'])
})

test('verdicts are paragraphs of 100 columns, each with what to change and where', () => {
  const lines = written([], DIAGNOSIS)
  assert.deepEqual(lines.slice(0, 3), [
    '',
    'The login works, and data connections do not work as they should.',
    '',
  ])
  assert.equal(lines[3], 'PASSIVE_RANGE_CLOSED (error; this is likely)')
  assert.ok(lines.every(line => line.length <= 100))
  assert.deepEqual(lines.slice(-3), [
    '  In the network: Open them.',
    '',
    'No way was found by which data moves.',
  ])
})

test('the settings end it', () => {
  const lines = written([], {
    ...DIAGNOSIS,
    works: {
      ...{ tls: 'explicit', mode: 'active', rung: 'PORT', host: 'a', port: 21, user: 'ada' },
      ...{ pasvAddress: 'control', epsv: false, trust: 'verified', believeEnd: false, asAsked: false },
    },
    settings: { portolan: 'portolan get', winscp: 'open', lftp: 'set a\nset b', curl: 'curl' },
  })
  assert.ok(
    lines.includes(
      'What works: active mode by PORT, with explicit TLS. That is not what was asked for. To set it:',
    ),
  )
  assert.deepEqual(lines.slice(-7), ['', 'lftp:', '  set a', '  set b', '', 'curl:', '  curl'])
})
