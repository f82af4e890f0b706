import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTypeArgument, type TypeArgument } from './type.ts'

const cases: [argument: string, type: TypeArgument][] = [
  ['A', 'ascii'],
  ['a n', 'ascii'],
  ['A  N ', 'ascii'],
  ['A T', 'ascii'],
  ['A C', 'unsupported'],
  ['I', 'binary'],
  ['i', 'binary'],
  ['L 8', 'binary'],
  ['L 7', 'unsupported'],
  ['L 36', 'unsupported'],
  ['E', 'unsupported'],
  ['E N', 'unsupported'],
  ['', undefined],
  ['L', undefined],
  ['L x', undefined],
  ['I N', undefined],
  ['A X', undefined],
  ['B', undefined],
  ['toString', undefined],
]

for (const [argument, type] of cases) {
  test(`TYPE ${argument || 'without an argument'} is ${type ?? 'unknown'}`, () =>
    assert.equal(parseTypeArgument(argument), type))
}
