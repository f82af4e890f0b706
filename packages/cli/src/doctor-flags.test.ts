import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askOf, type DoctorFlags } from './doctor-flags.ts'

const cases: readonly [DoctorFlags, object][] = [
  [{}, {}],
  [{ stepTimeout: '2' }, { stepMs: 2_000 }],
  [{ stepTimeout: '500ms' }, { stepMs: 500 }],
  [{ allowClear: true }, { allowClear: true }],
  [{ idle: '60, 120,60' }, { idle: [60, 120] }],
  [
    { file: '/pub/large.iso', writeTest: 'in' },
    { file: '/pub/large.iso', writeTest: 'in' },
  ],
]

for (const [flags, expected] of cases) {
  test(`${JSON.stringify(flags)} asks ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(askOf(flags), expected)
  })
}

const wrong: readonly [DoctorFlags, RegExp][] = [
  [{ stepTimeout: '0' }, /^--step-timeout is seconds from 0\.5 to 120.*"0"/],
  [{ stepTimeout: '3m' }, /"3m"/],
  [{ idle: '' }, /^--idle is 8 numbers of seconds at most, from 1 to 7200/],
  [{ idle: '60,soon' }, /"60,soon"/],
  [{ idle: '1,2,3,4,5,6,7,8,9' }, /--idle/],
  [{ idle: '7201' }, /--idle/],
  [{ file: '' }, /^--file is a path on the server/],
  [{ writeTest: 'in\r\nDELE x' }, /^--write-test is a path on the server, without line ends/],
]

for (const [flags, expected] of wrong) {
  test(`${JSON.stringify(flags)} is refused with what is allowed`, () => {
    assert.throws(() => askOf(flags), { name: 'UserError', message: expected })
  })
}
