import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { adviceFor } from './advice.ts'

/** The files whose types list the codes that a run may end with. */
const LISTS = [
  { file: '../../../../client/src/errors.ts', code: /'(FTP_[A-Z_]+)'/g },
  { file: '../../../../channels/src/errors.ts', code: /'(CHANNEL_[A-Z_]+)'/g },
  { file: '../../../../transfers/src/errors.ts', code: /'(TRANSFER_[A-Z_]+)'/g },
  { file: '../../../../transfers/src/run/failure.ts', code: /'(RUN_[A-Z_]+)'/g },
]

const OTHERWISE = adviceFor('a code that nobody knows')

for (const { file, code } of LISTS) {
  test(`every code of ${file.replaceAll('../', '')} has advice of its own, in sentences`, async () => {
    const text = await readFile(new URL(file, import.meta.url), 'utf8')
    const codes = new Set([...text.matchAll(code)].map(([, found = '']) => found))
    assert.ok(codes.size >= 5, [...codes].join())
    for (const one of codes) {
      const advice = adviceFor(one)
      assert.notDeepEqual(advice, OTHERWISE, one)
      for (const line of advice) assert.match(line, /^[A-Z].*\.$/, one)
    }
  })
}

test('what no advice was written for, such as a name of Object, says where to look', () => {
  for (const code of ['EWHATEVER', 'constructor', '__proto__', ''])
    assert.deepEqual(adviceFor(code), OTHERWISE)
})
