import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchedule } from './check-schedule.ts'

const NOW = Date.parse('2026-10-25T00:00:00Z')

const REFUSED: readonly [input: Record<string, unknown>, path: string, message: RegExp][] = [
  [{ cron: '61 * * * *' }, 'cron', /Invalid value for minute: 61.*such as 30 6/],
  [{ cron: '* * * *' }, 'cron', /no schedule/],
  [{ cron: '* * * * * * 2027' }, 'cron', /7 parts/],
  [{ cron: '2026-12-24T00:00:00' }, 'cron', /no schedule/],
  [{ cron: '@reboot' }, 'cron', /no schedule/],
  [{ cron: '0 0 31 2 *' }, 'cron', /never comes/],
  [{ cron: '0 0 * * *', timeZone: 'Europe/Berln' }, 'timeZone', /did you mean Europe\/Berlin/],
  [{ cron: '0 0 * * *', timeZone: '+02:00' }, 'timeZone', /no time zone/],
  [{ cron: '0 0 * * *', except: ['2026-12-24', '2026-02-30'] }, 'except[1]', /must be a date/],
  [{ crn: '0 0 * * *', cron: '* * * * *' }, 'crn', /did you mean cron/],
  [{}, 'cron', /is missing/],
]

for (const [input, path, message] of REFUSED) {
  test(`a schedule is refused with its place: ${JSON.stringify(input)}`, () => {
    const checked = checkSchedule(input, NOW)
    assert.ok('problems' in checked)
    assert.deepEqual(
      checked.problems.map(problem => problem.path),
      [path],
    )
    assert.match(checked.problems[0]?.message ?? '', message)
  })
}

test('a wrong pattern and a wrong zone are told together', () => {
  const checked = checkSchedule({ cron: 'x', timeZone: 'Nowhere' }, NOW)
  assert.ok('problems' in checked)
  assert.deepEqual(
    checked.problems.map(({ path }) => path),
    ['cron', 'timeZone'],
  )
})

test('what works is taken, with its defaults', () => {
  for (const cron of ['0 6 * * 1-5', '*/15 * * * * *', '0 0 L * *', '0 9 * * MON#1', '@daily']) {
    const checked = checkSchedule({ cron }, NOW)
    assert.deepEqual(checked, {
      value: { cron, timeZone: 'UTC', except: [], missed: 'once' },
      warnings: [],
    })
  }
})
