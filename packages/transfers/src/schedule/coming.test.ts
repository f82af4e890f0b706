import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transfer } from '../model/index.ts'
import { comingRuns } from './coming.ts'

const steps = [{ do: 'webhook', url: 'https://example.test/' }]
const made = (name: string, cron?: string, enabled = true) =>
  transfer.parse({ name, enabled, steps, ...(cron !== undefined && { schedule: { cron } }) })

const HOUR = 3_600_000

test('the calendar holds the runs of all schedules in order, and none of those that are disabled', () => {
  const definitions = [
    made('hourly', '0 * * * *'),
    made('late', '30 1 * * *'),
    made('off', '* * * * *', false),
    made('by hand'),
    transfer.parse({ name: 'nowhere', steps, schedule: { cron: '* * * * *', timeZone: 'Mars/Base' } }),
  ]
  const { items, complete } = comingRuns(definitions, 0, 2 * HOUR, 100)
  assert.deepEqual(items, [
    { transfer: 'hourly', at: HOUR },
    { transfer: 'late', at: 1.5 * HOUR },
    { transfer: 'hourly', at: 2 * HOUR },
  ])
  assert.equal(complete, true)
})

test('when there are more than are asked for, the first ones are told, and that there are more', () => {
  const coming = comingRuns([made('often', '* * * * * *')], 0, 365 * 24 * HOUR, 3)
  assert.deepEqual(
    coming.items.map(({ at }) => at),
    [1000, 2000, 3000],
  )
  assert.equal(coming.complete, false)
  assert.equal(comingRuns([made('hourly', '0 * * * *')], 0, 3 * HOUR, 3).complete, true)
})
