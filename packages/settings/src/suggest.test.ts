import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { editDistance, suggest } from './suggest.ts'

const SIBLINGS = ['basePort', 'numberOfPorts', 'acceptTimeout', 'waitTimeout', 'bind', 'enabled']

const cases: { name: string; meant: string | undefined }[] = [
  { name: 'basePrt', meant: 'basePort' },
  { name: 'base_port', meant: 'basePort' },
  { name: 'baseport', meant: 'basePort' },
  { name: 'numberOfPort', meant: 'numberOfPorts' },
  { name: 'number-of-ports', meant: 'numberOfPorts' },
  { name: 'acceptTimout', meant: 'acceptTimeout' },
  { name: 'enable', meant: 'enabled' },
  { name: 'bnid', meant: 'bind' },
  { name: 'pasv_min_port', meant: undefined },
  { name: 'x', meant: undefined },
]

for (const { name, meant } of cases) {
  test(`suggest: ${name} ${meant === undefined ? 'is like nothing known' : `means ${meant}`}`, () => {
    assert.equal(suggest(name, SIBLINGS), meant)
  })
}

test('editDistance: is zero only for equal texts, the same both ways, and never more than the longer text', () => {
  const word = fc.string({ maxLength: 12 })
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b)
      assert.equal(distance, editDistance(b, a))
      assert.equal(distance === 0, a === b)
      assert.ok(distance <= Math.max(a.length, b.length))
    }),
  )
})
