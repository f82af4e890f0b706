import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TimeWindow } from '../model/index.ts'
import { arbitraryNow, arbitraryWindow } from './testing-policies.ts'
import { compileWindow } from './time-window.ts'

const WEEK: TimeWindow['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const window = (days: TimeWindow['days'], from: string, to: string, timeZone = 'UTC'): TimeWindow => ({
  days,
  from,
  to,
  timeZone,
})
const berlin = (days: TimeWindow['days'], from: string, to: string) => window(days, from, to, 'Europe/Berlin')

// 2026-06-01 is a Monday. Berlin: clocks go forward on 2026-03-29 at 01:00Z, back on 2026-10-25 at 01:00Z.
const CASES: readonly [
  title: string,
  window: TimeWindow,
  at: string,
  holds: boolean,
  until: string | undefined,
][] = [
  ['before it begins', window(['mon'], '08:00', '17:00'), '2026-06-01T07:59Z', false, '2026-06-01T08:00Z'],
  [
    'the minute at which it begins',
    window(['mon'], '08:00', '17:00'),
    '2026-06-01T08:00Z',
    true,
    '2026-06-01T17:00Z',
  ],
  ['its last minute', window(['mon'], '08:00', '17:00'), '2026-06-01T16:59:59Z', true, '2026-06-01T17:00Z'],
  [
    'the minute at which it ends',
    window(['mon'], '08:00', '17:00'),
    '2026-06-01T17:00Z',
    false,
    '2026-06-08T08:00Z',
  ],
  ['another day', window(['mon'], '08:00', '17:00'), '2026-06-02T12:00Z', false, '2026-06-08T08:00Z'],
  [
    'in its zone it is later',
    berlin(['mon'], '08:00', '17:00'),
    '2026-06-01T06:00Z',
    true,
    '2026-06-01T15:00Z',
  ],
  [
    'in its zone it is another day',
    berlin(['tue'], '00:00', '01:00'),
    '2026-06-01T22:30Z',
    true,
    '2026-06-01T23:00Z',
  ],
  [
    'over midnight, before it',
    window(['mon'], '22:00', '06:00'),
    '2026-06-01T23:00Z',
    true,
    '2026-06-02T06:00Z',
  ],
  [
    'over midnight, behind it: the day is that of the begin',
    window(['mon'], '22:00', '06:00'),
    '2026-06-02T05:59Z',
    true,
    '2026-06-02T06:00Z',
  ],
  [
    'over midnight, the morning of its day',
    window(['mon'], '22:00', '06:00'),
    '2026-06-01T05:00Z',
    false,
    '2026-06-01T22:00Z',
  ],
  [
    'over midnight from Sunday to Monday',
    window(['sun'], '22:00', '06:00'),
    '2026-06-01T05:00Z',
    true,
    '2026-06-01T06:00Z',
  ],
  [
    'to the end of the day',
    window(['mon'], '08:00', '24:00'),
    '2026-06-01T23:59Z',
    true,
    '2026-06-02T00:00Z',
  ],
  [
    'two days that meet are one time',
    window(['mon', 'tue'], '00:00', '24:00'),
    '2026-06-01T12:00Z',
    true,
    '2026-06-03T00:00Z',
  ],
  ['every hour of the week', window(WEEK, '00:00', '24:00'), '2026-06-01T12:00Z', true, undefined],
  [
    'an end like the begin is a day later',
    window(['mon'], '08:00', '08:00'),
    '2026-06-02T07:59Z',
    true,
    '2026-06-02T08:00Z',
  ],
  ['an end like the begin, all week', window(WEEK, '08:00', '08:00'), '2026-06-02T07:59Z', true, undefined],
  [
    'in spring the window is an hour shorter',
    berlin(['sun'], '01:00', '04:00'),
    '2026-03-29T00:30Z',
    true,
    '2026-03-29T02:00Z',
  ],
  [
    'in spring a window in the hour that is skipped is not there',
    berlin(['sun'], '02:15', '02:45'),
    '2026-03-29T00:30Z',
    false,
    '2026-04-05T00:15Z',
  ],
  [
    'in spring a window that begins in that hour begins behind it',
    berlin(['sun'], '02:30', '05:00'),
    '2026-03-29T00:59Z',
    false,
    '2026-03-29T01:00Z',
  ],
  [
    'in autumn it is there twice, the first time',
    berlin(['sun'], '02:15', '02:45'),
    '2026-10-25T00:30Z',
    true,
    '2026-10-25T00:45Z',
  ],
  [
    'in autumn it is there twice, between',
    berlin(['sun'], '02:15', '02:45'),
    '2026-10-25T00:50Z',
    false,
    '2026-10-25T01:15Z',
  ],
  [
    'in autumn it is there twice, the second time',
    berlin(['sun'], '02:15', '02:45'),
    '2026-10-25T01:30Z',
    true,
    '2026-10-25T01:45Z',
  ],
  [
    'in autumn the clock goes back into a window that was over',
    berlin(['sun'], '01:00', '02:30'),
    '2026-10-25T00:45Z',
    false,
    '2026-10-25T01:00Z',
  ],
  [
    'a day that was left out in Samoa',
    window(['fri'], '08:00', '17:00', 'Pacific/Apia'),
    '2011-12-30T05:00Z',
    false,
    '2012-01-05T18:00Z',
  ],
]

for (const [title, value, at, holds, until] of CASES) {
  test(`a time window: ${title}`, () => {
    const state = compileWindow(value)(Date.parse(at))
    const shown = Number.isFinite(state.until)
      ? new Date(state.until).toISOString().replace(':00.000Z', 'Z')
      : undefined
    assert.deepEqual({ holds: state.holds, until: shown }, { holds, until })
  })
}

test('a time window stays as it is until the moment that is told, and not longer', () => {
  fc.assert(
    fc.property(
      arbitraryWindow,
      arbitraryNow,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (value, now, part) => {
        const { holds, until } = compileWindow(value)(now)
        // Another one, so that what the first has kept is not asked.
        const stateAt = compileWindow(value)
        const end = Number.isFinite(until) ? until : now + 21 * 86_400_000
        assert.ok(end > now)
        assert.equal(stateAt(Math.floor(now + (end - 1 - now) * part)).holds, holds)
        assert.equal(stateAt(end - 1).holds, holds)
        if (Number.isFinite(until)) assert.equal(stateAt(until).holds, !holds)
      },
    ),
    { numRuns: 2_000 },
  )
})

test('a window says the same whichever moment it was asked about before', () => {
  fc.assert(
    fc.property(arbitraryWindow, fc.array(arbitraryNow, { minLength: 2, maxLength: 8 }), (value, moments) => {
      const stateAt = compileWindow(value)
      for (const moment of moments) assert.deepEqual(stateAt(moment), compileWindow(value)(moment))
    }),
    { numRuns: 500 },
  )
})
