import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OptsArgument, parseOptsArgument } from './opts.ts'

const cases: { argument: string; opts: OptsArgument }[] = [
  { argument: 'UTF8 ON', opts: { option: 'UTF8', value: 'ON' } },
  { argument: 'mlst type;size;', opts: { option: 'MLST', value: 'type;size;' } },
  { argument: ' MODE  Z LEVEL 9 ', opts: { option: 'MODE', value: 'Z LEVEL 9' } },
  { argument: 'HASH', opts: { option: 'HASH', value: '' } },
  { argument: '', opts: { option: '', value: '' } },
]

for (const { argument, opts } of cases) {
  test(`OPTS ${argument || 'without an argument'}`, () => assert.deepEqual(parseOptsArgument(argument), opts))
}
