import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Step } from './evidence.ts'
import { STEP_NAMES } from './evidence.ts'
import { Recorder } from './recorder.ts'
import { redactor } from './redact.ts'
import { GREETING, LOGIN } from './testing.ts'

test('steps are told as they end, reported in order, and hold no secret', async () => {
  const told: Step[] = []
  const recorder = new Recorder(redactor(['secret']), step => told.push(step))
  await recorder.run('login', () => ({ status: 'fail', evidence: { ...LOGIN, text: '530 secret' } }))
  recorder.record('greeting', { status: 'pass', evidence: GREETING }, 3.4)
  assert.deepEqual(
    told.map(({ step }) => step),
    ['login', 'greeting'],
  )
  const steps = recorder.finish('It ended.')
  assert.deepEqual(
    steps.map(({ step }) => step),
    STEP_NAMES,
  )
  assert.equal(JSON.stringify(steps).includes('secret'), false)
  assert.equal(recorder.evidence.login?.text, '530 ****')
  const skipped = steps.find(({ step }) => step === 'epsv')
  assert.deepEqual(skipped, { step: 'epsv', status: 'skip', evidence: { reason: 'It ended.' }, ms: 0 })
})

test('a step that throws has found nothing, and why is told', async () => {
  const recorder = new Recorder(redactor(['secret']), undefined)
  const found = await recorder.run('seen', () => Promise.reject(new Error('the secret is out')))
  assert.equal(found, undefined)
  const seen = recorder.finish('').find(({ step }) => step === 'seen')
  assert.deepEqual([seen?.status, seen?.evidence], ['skip', { reason: 'the **** is out' }])
})

test('a step is recorded once: what was found first stands', () => {
  const recorder = new Recorder(redactor([]), undefined)
  recorder.record('greeting', { status: 'pass', evidence: GREETING }, 1)
  recorder.record('greeting', { status: 'fail', evidence: { ...GREETING, kind: 'ssh' } }, 1)
  recorder.skip('greeting', 'later')
  assert.equal(recorder.evidence.greeting?.kind, 'ftp')
})
