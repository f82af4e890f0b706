import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Times } from './compile.ts'
import { lastTime, nextTimes, timesBetween } from './times.ts'

const at = (text: string) => Date.parse(text)
const shown = (times: readonly number[]) =>
  times.map(time => new Date(time).toISOString().replace(':00.000Z', 'Z'))
const schedule = (cron: string, timeZone = 'UTC', except: string[] = []): Times => ({
  cron,
  timeZone,
  except,
})

const NEXT: readonly [title: string, schedule: Times, from: string, times: readonly string[]][] = [
  [
    'a time of the day',
    schedule('30 6 * * *'),
    '2026-12-24T06:30:00Z',
    ['2026-12-25T06:30Z', '2026-12-26T06:30Z'],
  ],
  [
    'six fields begin with seconds',
    schedule('*/20 0 0 * * *'),
    '2026-12-24T00:00:00Z',
    ['2026-12-24T00:00:20.000Z', '2026-12-24T00:00:40.000Z', '2026-12-25T00:00Z'],
  ],
  [
    'days that are left out are those of the zone',
    schedule('0 1 * * *', 'Asia/Tokyo', ['2026-12-25']),
    '2026-12-23T15:00:00Z',
    ['2026-12-23T16:00Z', '2026-12-25T16:00Z'],
  ],
  [
    'days that are left out are passed over by schedules of every hour, too',
    schedule('0 * * * *', 'Asia/Tokyo', ['2026-12-25']),
    '2026-12-24T13:30:00Z',
    ['2026-12-24T14:00Z', '2026-12-25T15:00Z'],
  ],
  [
    'Berlin goes from 2:00 to 3:00: a time between runs at 3:00',
    schedule('30 2 * * *', 'Europe/Berlin'),
    '2026-03-28T12:00:00Z',
    ['2026-03-29T01:00Z', '2026-03-30T00:30Z'],
  ],
  [
    'several times between run once',
    schedule('*/10 2 * * *', 'Europe/Berlin'),
    '2026-03-28T12:00:00Z',
    ['2026-03-29T01:00Z', '2026-03-30T00:00Z'],
  ],
  [
    'a time between and the time at which it goes on are one',
    schedule('0,30 2,3 * * *', 'Europe/Berlin'),
    '2026-03-28T12:00:00Z',
    ['2026-03-29T01:00Z', '2026-03-29T01:30Z', '2026-03-30T00:00Z'],
  ],
  [
    'Berlin goes from 3:00 back to 2:00: a time that comes twice runs the first time',
    schedule('30 2 * * *', 'Europe/Berlin'),
    '2026-10-24T12:00:00Z',
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'so do several',
    schedule('*/30 2,3 * * *', 'Europe/Berlin'),
    '2026-10-25T00:00:00Z',
    ['2026-10-25T00:30Z', '2026-10-25T02:00Z', '2026-10-25T02:30Z', '2026-10-26T01:00Z'],
  ],
  [
    'from within the second time, the first is over',
    schedule('* * 2 * * *', 'Europe/Berlin'),
    '2026-10-25T01:10:00Z',
    ['2026-10-26T01:00Z'],
  ],
  [
    'every hour goes by time that passes: on through the hour that comes twice',
    schedule('0 * * * *', 'Europe/Berlin'),
    '2026-10-24T23:30:00Z',
    ['2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'],
  ],
  [
    'and what the clock skips is not made up for',
    schedule('30 * * * *', 'Europe/Berlin'),
    '2026-03-29T00:00:00Z',
    ['2026-03-29T00:30Z', '2026-03-29T01:30Z'],
  ],
  [
    'New York skips 2:00 to 3:00',
    schedule('15 2 * * *', 'America/New_York'),
    '2026-03-08T00:00:00Z',
    ['2026-03-08T07:00Z', '2026-03-09T06:15Z'],
  ],
  [
    'New York has 1:00 to 2:00 twice',
    schedule('15 1 * * *', 'America/New_York'),
    '2026-11-01T00:00:00Z',
    ['2026-11-01T05:15Z', '2026-11-02T06:15Z'],
  ],
  [
    'Lord Howe skips half an hour, from 2:00 to 2:30',
    schedule('10 2 * * *', 'Australia/Lord_Howe'),
    '2026-10-03T00:00:00Z',
    ['2026-10-03T15:30Z', '2026-10-04T15:10Z'],
  ],
  [
    'Lord Howe has half an hour twice, from 1:30 to 2:00',
    schedule('45 1 * * *', 'Australia/Lord_Howe'),
    '2026-04-04T00:00:00Z',
    ['2026-04-04T14:45Z', '2026-04-05T15:15Z'],
  ],
]

for (const [title, times, from, expected] of NEXT) {
  test(`times of a schedule: ${title}`, () => {
    assert.deepEqual(shown(nextTimes(times, at(from), expected.length)), expected)
  })
}

test('a schedule that never comes has no times, and is soon done with', () => {
  assert.deepEqual(nextTimes(schedule('0 0 31 2 *'), 0, 3), [])
})

/** Fields of a pattern for the oracle, and the same as text. */
const field = (least: number, most: number) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant({ text: '*', fits: (_value: number) => true }) },
    fc.integer({ min: 2, max: 20 }).map(step => ({
      text: `*/${step}`,
      fits: (value: number) => (value - least) % step === 0,
    })),
    fc.uniqueArray(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 4 }).map(list => ({
      text: list.join(','),
      fits: (value: number) => list.includes(value),
    })),
  )

const CHANGES: readonly [timeZone: string, change: string][] = [
  ['Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00:00Z'],
  ['America/New_York', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30:00Z'],
  ['Asia/Kolkata', '2026-06-01T00:00:00Z'],
  ['UTC', '2026-12-31T23:30:00Z'],
]

const MINUTE = 60_000

const formats = new Map(
  CHANGES.map(([timeZone]) => {
    const two = '2-digit'
    const options = { year: 'numeric', month: two, day: two, hour: two, minute: two } as const
    return [timeZone, new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...options })]
  }),
)

/** What the clock on the wall shows, by another way than the code under test. */
function wall(time: number, timeZone: string) {
  const parts = formats.get(timeZone)?.formatToParts(time) ?? []
  const value = (type: string) => Number(parts.find(part => part.type === type)?.value)
  const [year, month, day] = [value('year'), value('month'), value('day')]
  return Date.UTC(year, month - 1, day, value('hour'), value('minute'))
}

interface Case {
  readonly minute: { readonly text: string; fits(value: number): boolean }
  readonly hour: { readonly text: string; fits(value: number): boolean }
  readonly except: readonly string[]
}

/** Looks at each minute: does the clock show a time that fits, for the first time, or has it just skipped one? */
function* oracle({ minute, hour, except }: Case, timeZone: string, from: number, to: number) {
  const everyHour = Array.from({ length: 24 }, (_, value) => value).every(value => hour.fits(value))
  const fits = (shows: number) => {
    const time = new Date(shows)
    const isOut = except.includes(time.toISOString().slice(0, 10))
    return !isOut && minute.fits(time.getUTCMinutes()) && hour.fits(time.getUTCHours())
  }
  const shown = new Set<number>()
  let before = wall(from - 240 * MINUTE, timeZone)
  for (let time = from - 239 * MINUTE; time <= to; time += MINUTE) {
    const shows = wall(time, timeZone)
    const skipped: number[] = []
    for (let gone = before + MINUTE; gone < shows; gone += MINUTE) skipped.push(gone)
    const isFirst = !shown.has(shows)
    const runs = everyHour ? fits(shows) : (isFirst && fits(shows)) || skipped.some(fits)
    if (runs && time > from) yield time
    shown.add(shows)
    before = shows
  }
}

test('times between two moments are those that a look at each minute finds, in order and once', () => {
  const cases = fc.record({
    minute: field(0, 59),
    hour: field(0, 23),
    except: fc.constantFrom([], ['2026-03-29'], ['2026-10-25', '2026-10-26']),
    change: fc.constantFrom(...CHANGES),
    before: fc.integer({ min: 0, max: 300 }),
  })
  fc.assert(
    fc.property(cases, ({ change: [timeZone, change], before, ...one }) => {
      const from = at(change) - before * MINUTE
      const to = from + 27 * 60 * MINUTE
      const times = { cron: `${one.minute.text} ${one.hour.text} * * *`, timeZone, except: [...one.except] }
      const found = timesBetween(times, from, to, 10_000)
      assert.deepEqual(shown(found), shown([...oracle(one, timeZone, from, to)]), JSON.stringify(times))
      assert.ok(found.every((time, index) => index === 0 || time > (found[index - 1] ?? 0)))
      assert.equal(lastTime(times, from, to), found.at(-1))
    }),
    { numRuns: 60 },
  )
})

test('only as many as are asked for are told, the first ones', () => {
  const times = schedule('* * * * *')
  assert.deepEqual(shown(timesBetween(times, 0, 10 * MINUTE, 2)), ['1970-01-01T00:01Z', '1970-01-01T00:02Z'])
})

test('the last time is found from years before without walking through them', () => {
  const now = at('2026-10-25T22:00:00Z')
  assert.equal(lastTime(schedule('* * * * * *'), 0, now), now)
  assert.equal(lastTime(schedule('0 0 29 2 *'), 0, now), at('2024-02-29T00:00:00Z'))
  assert.equal(lastTime(schedule('0 0 29 2 *'), at('2024-02-29T00:00:00Z'), now), undefined)
})
