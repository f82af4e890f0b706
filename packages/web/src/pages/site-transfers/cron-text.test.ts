import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cronText, listText } from './cron-text.ts'

const SAID: readonly (readonly [cron: string, text: string | undefined])[] = [
  ['* * * * *', 'every minute'],
  ['*/15 * * * *', 'every 15 minutes'],
  ['*/10 8-17 * * 1-5', 'every 10 minutes from 08:00 to 17:59 from Monday to Friday'],
  ['*/5 6 * * *', 'every 5 minutes from 06:00 to 06:59'],
  ['5 * * * *', 'every hour at :05'],
  ['0,30 */2 * * *', 'every 2 hours at :00 and :30'],
  ['15 8-17 * * *', 'every hour from 08:15 to 17:15'],
  ['30 6 * * *', 'at 06:30'],
  ['0 30 6 * * *', 'at 06:30'],
  ['0 6,18 * * *', 'at 06:00 and 18:00'],
  ['30 6 * * MON-FRI', 'at 06:30 from Monday to Friday'],
  ['30 6 * * 1,3,7', 'at 06:30 on Monday, Wednesday and Sunday'],
  ['0 22 1 * *', 'at 22:00 on the 1st of the month'],
  ['0 22 11,22,23 * *', 'at 22:00 on the 11th, 22nd and 23rd of the month'],
  ['0 22 1-7 * *', 'at 22:00 from the 1st to the 7th of the month'],
  ['0 22 L * *', 'at 22:00 on the last day of the month'],
  ['0 22 1 * 5', 'at 22:00 on the 1st of the month and on Friday'],
  ['0 22 1 jan,7 *', 'at 22:00 on the 1st of the month in January and July'],
  ['0 0 * 6-8 *', 'at 00:00 from June to August'],
  ['@daily', 'at 00:00'],
  // What words would say worse than the text is left to the text.
  ['*/10 * * * * *', undefined],
  ['0 1,2,3,4,5,6 * * *', undefined],
  ['0 6 * * 1#2', undefined],
  ['61 6 * * *', undefined],
  ['0 6 * *', undefined],
  ['', undefined],
  ['now and then', undefined],
]

for (const [cron, text] of SAID) {
  test(`the schedule “${cron}” is ${text === undefined ? 'left as it is' : `“${text}”`}`, () => {
    assert.equal(cronText(cron), text)
  })
}

test('a list is read as people say it', () => {
  assert.equal(listText([]), '')
  assert.equal(listText(['a']), 'a')
  assert.equal(listText(['a', 'b']), 'a and b')
  assert.equal(listText(['a', 'b', 'c']), 'a, b and c')
})
