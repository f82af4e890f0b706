import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Step, Trigger } from '@portolan/console/contract'
import { transfer } from '@portolan/transfers/model'
import { scheduleText, stepsText, whenText } from './transfer-words.ts'

const stepsOf = (...steps: readonly unknown[]): readonly Step[] => transfer.parse({ name: 'a', steps }).steps
const triggerOf = (trigger: unknown): Trigger =>
  transfer.parse({ name: 'a', trigger, steps: [{ do: 'delete' }] }).trigger

const place = { user: 'alice', path: '/outbox' }
const SCHEDULE = { cron: '30 6 * * 1-5', timeZone: 'Europe/Berlin' }

const WHEN: readonly (readonly [trigger: unknown, text: string])[] = [
  [{ on: 'request' }, 'when somebody asks'],
  [{ on: 'arrival', place, pattern: '*.csv' }, 'when *.csv arrives in alice:/outbox'],
  [{ on: 'watch', place: { folder: '/srv/out' } }, 'when * stands in /srv/out'],
  [{ on: 'run-ended', transfer: 'first' }, 'after first has succeeded'],
  [{ on: 'run-ended', transfer: 'first', state: 'failed' }, 'after first has failed'],
  [{ on: 'run-ended', transfer: 'first', state: 'any' }, 'after first has ended'],
  [{ on: 'data-failed' }, 'when a data connection of a client fails'],
]
for (const [trigger, text] of WHEN) {
  test(`a transfer begins ${text}`, () => assert.equal(whenText(undefined, triggerOf(trigger)), text))
}

test('a schedule is said before a trigger, and that one may ask is not said beside it', () => {
  const early = 'at 06:30 from Monday to Friday (Europe/Berlin)'
  assert.equal(whenText(SCHEDULE, { on: 'request' }), early)
  assert.equal(
    whenText(SCHEDULE, { on: 'data-failed' }),
    `${early}; and when a data connection of a client fails`,
  )
})

test('a schedule that has no words is told by its text', () => {
  assert.equal(scheduleText({ cron: '0 6 * * 1#2', timeZone: 'UTC' }), 'at times of “0 6 * * 1#2” (UTC)')
})

const STEPS: readonly (readonly [step: unknown, text: string])[] = [
  [{ do: 'push', site: 'acme' }, 'push the file to acme'],
  [
    { do: 'push', site: 'acme', from: place, pattern: '*.csv', to: 'in', onSuccess: { do: 'delete' } },
    'push *.csv of alice:/outbox to acme:in and delete it here',
  ],
  [
    {
      do: 'pull',
      site: 'acme',
      from: 'out',
      to: { folder: '/srv/in' },
      onSuccess: { do: 'rename', to: '{stem}.done' },
      remoteOnSuccess: { do: 'move', to: 'old' },
    },
    'pull * of acme:out to /srv/in and rename it here to {stem}.done and move it there to old',
  ],
  [{ do: 'rename', to: '{date}-{name}' }, 'rename to {date}-{name}'],
  [{ do: 'delete' }, 'delete the files'],
  [{ do: 'compress', format: 'zstd' }, 'compress (zstd)'],
  [{ do: 'checksum-file' }, 'write sha256 files'],
  [{ do: 'webhook', url: 'https://hooks.example.com/in?a=1' }, 'call hooks.example.com'],
  [{ do: 'mail', to: ['a@example.com'], subject: 'x' }, 'mail a@example.com'],
  [{ do: 'mail', to: ['a@example.com', 'b@example.com'], subject: 'x' }, 'mail 2 addresses'],
  [{ do: 'program', program: 'scan' }, 'run scan'],
]
for (const [step, text] of STEPS) {
  test(`a step says “${text}”`, () => assert.equal(stepsText(stepsOf(step)), text))
}

test('steps are said in their order', () => {
  assert.equal(
    stepsText(stepsOf({ do: 'compress' }, { do: 'delete' })),
    'compress (gzip), then delete the files',
  )
})
