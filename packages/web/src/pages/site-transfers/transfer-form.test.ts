import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TransferView } from '@portolan/console/contract'
import { transfer } from '@portolan/transfers/model'
import { placeProblems } from '../../components/form-errors.ts'
import { emptyStep, stepOfForm, withKind } from './step-form.ts'
import { fieldsOfTransfer, formOfTransfer, writeOfTransfer } from './transfer-form.ts'

const view = (definition: object): TransferView => ({
  ...transfer.parse({ name: 'nightly', ...definition }),
  revision: 3,
  changedAt: 0,
  changedBy: 'admin',
  next: [],
  warnings: [],
})

const place = { user: 'alice', path: '/outbox' }
const move = { do: 'move', to: 'old' }
const EVERY_STEP = [
  { do: 'push', site: 'acme' },
  {
    do: 'push',
    site: 'acme',
    from: place,
    pattern: '/^a/i',
    subfolders: true,
    to: 'in/{date}',
    as: '{stem}.txt',
    onExists: 'fail',
    verify: 'size',
    onSuccess: { do: 'delete' },
    onFailure: move,
    remoteOnSuccess: { do: 'rename', to: '{name}.done' },
  },
  { do: 'pull', site: 'acme', to: { folder: '/srv/in' } },
  {
    do: 'pull',
    site: 'acme',
    from: 'out',
    to: place,
    remember: 'checksum',
    quietSeconds: 0,
    remoteOnSuccess: { do: 'delete' },
    remoteOnFailure: move,
  },
  { do: 'rename', to: '{name}.bak' },
  { do: 'delete' },
  { do: 'compress', format: 'zstd' },
  { do: 'checksum-file', algorithm: 'md5' },
  { do: 'webhook', url: 'https://hooks.example.com/in' },
  { do: 'mail', to: ['a@example.com'], subject: 's', text: 'two\nlines' },
  { do: 'program', program: 'scan', arguments: ['--fast', '{name} with spaces'] },
]
const EVERY_TRIGGER = [
  { on: 'request' },
  { on: 'data-failed' },
  { on: 'arrival', place, pattern: '*.csv', subfolders: true },
  { on: 'watch', place: { folder: '/srv/out' }, quietSeconds: 3 },
  { on: 'run-ended', transfer: 'first', state: 'any' },
]

for (const trigger of EVERY_TRIGGER) {
  test(`a transfer with the trigger ${trigger.on} that is saved unchanged stays as it was`, () => {
    const read = view({
      trigger,
      enabled: false,
      description: 'Orders of the night',
      schedule: { cron: '30 6 * * 1-5', timeZone: 'Europe/Berlin', except: ['2026-12-25'], missed: 'skip' },
      conditions: [{ property: 'file.size', is: 'over', value: '0' }],
      steps: EVERY_STEP,
      onFailure: EVERY_STEP.slice(-3),
      retry: { attempts: 9, first: 1, factor: 1.5, ceiling: 90, jitter: 0.07 },
      alerts: { mail: ['ops@example.com'], webhook: 'https://hooks.example.com/a', on: 'always' },
    })
    const { revision, ...definition } = writeOfTransfer(formOfTransfer(read), read)
    assert.equal(revision, 3)
    assert.deepEqual(transfer.parse(definition), transfer.parse(stripped(read)))
  })
}

test('what is absent in a transfer stays absent', () => {
  const read = view({ steps: [{ do: 'delete' }] })
  const sent: object = JSON.parse(JSON.stringify(writeOfTransfer(formOfTransfer(read), read)))
  for (const name of ['schedule', 'retry', 'description']) assert.ok(!Object.hasOwn(sent, name), name)
})

test('a mistake of the API has a field at which it stands, however deep its path goes', () => {
  const form = formOfTransfer(
    view({ steps: EVERY_STEP, conditions: [{ property: 'a', is: 'not', value: '' }] }),
  )
  const paths = [
    'steps[1].to',
    'steps[3].to.path',
    'steps[1].onFailure.to',
    'steps[9].to[0]',
    'conditions[0].value',
  ]
  const { errors, rest } = placeProblems(
    [...paths, 'schedule.except[2]'].map(path => ({ path, message: 'is wrong' })),
    fieldsOfTransfer(form),
  )
  assert.deepEqual(rest, [])
  assert.deepEqual(Object.keys(errors).sort(), [
    'conditions.0.value',
    'schedule.except',
    'steps.1.onFailure.to',
    'steps.1.to',
    'steps.3.to.path',
    'steps.9.to',
  ])
})

test('a step that changes its kind and back keeps what was typed', () => {
  const typed = { ...emptyStep('push'), site: 'acme', remote: 'in' }
  const back = withKind(withKind(typed, 'mail'), 'push')
  assert.deepEqual(stepOfForm(back), stepOfForm(typed))
})

test('a pull never goes to the file that caused it', () => {
  const pull = stepOfForm(withKind(emptyStep('push'), 'pull'))
  assert.deepEqual(pull.do === 'pull' && pull.to, { user: '', path: '/' })
})

function stripped(one: TransferView) {
  const { revision: _r, changedAt: _a, changedBy: _b, next: _n, warnings: _w, lastRun: _l, ...rest } = one
  return rest
}
