import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transfer } from '../model/index.ts'
import { newRun, sitesOf } from './new-run.ts'

const NOW = Date.parse('2026-10-25T12:30:00Z')
const definition = transfer.parse({
  name: 't',
  schedule: { cron: '0 0 * * *', timeZone: 'Asia/Tokyo' },
  steps: [
    { do: 'pull', site: 'b', to: { folder: '/in' } },
    { do: 'push', site: 'a' },
    { do: 'push', site: 'b', from: { folder: '/in' } },
  ],
  onFailure: [{ do: 'push', site: 'c', from: { folder: '/in' } }],
})

test('a run names the sites of all steps, each once', () => {
  assert.deepEqual(sitesOf(definition), ['b', 'a', 'c'])
})

test('a run has its definition as it is, and the properties of its time, its transfer and its cause', () => {
  const cause = { kind: 'request', text: 'asked', properties: { ticket: 7, 'time.hour': 99 } } as const
  const run = newRun(definition, cause, NOW, { occurrence: 'o' })
  assert.deepEqual(transfer.parse(run.definition), definition)
  assert.equal(run.dueAt, NOW)
  assert.equal(run.occurrence, 'o')
  assert.partialDeepStrictEqual(run.cause.properties, {
    ticket: 7,
    'time.hour': 99,
    'time.clock': '21:30',
    'transfer.name': 't',
    'site.name': 'b',
  })
})

test('two pulls of one transfer never run at once, and pushes may', () => {
  const cause = { kind: 'request', text: 'asked', properties: {} } as const
  assert.equal(newRun(definition, cause, NOW).exclusive, 'transfer:t')
  assert.equal(newRun(definition, cause, NOW, { exclusive: 'x' }).exclusive, 'x')
  const pushes = { ...definition, steps: definition.steps.filter(step => step.do === 'push') }
  assert.equal(newRun(pushes, cause, NOW).exclusive, undefined)
})
