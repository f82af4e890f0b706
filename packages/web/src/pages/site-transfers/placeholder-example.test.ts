import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exampleProperties, expandExample } from './placeholder-example.ts'

const NOW = Date.UTC(2026, 10, 25, 6, 30, 7)
const known = exampleProperties(NOW)

const EXAMPLES: readonly (readonly [template: string, text: string])[] = [
  ['{name}', 'orders-42.csv'],
  ['{stem}-{date}.{extension}', 'orders-42-2026-11-25.csv'],
  ['{year}/{month}/{day}/{time}', '2026/11/25/063007'],
  ['{{name}}', '{name}'],
  ['plain', 'plain'],
]
for (const [template, text] of EXAMPLES) {
  test(`“${template}” becomes “${text}”`, () => {
    assert.deepEqual(expandExample(template, known), { text, unknown: [], broken: false })
  })
}

test('a placeholder that the example does not know is left and named', () => {
  assert.deepEqual(expandExample('{file.user}-{nmae}', known), {
    text: '{file.user}-{nmae}',
    unknown: ['file.user', 'nmae'],
    broken: false,
  })
})

test('a brace without its other half is told, and nothing inherited is a placeholder', () => {
  assert.equal(expandExample('{name', known).broken, true)
  assert.equal(expandExample('name}', known).broken, true)
  assert.deepEqual(expandExample('{toString}', known).unknown, ['toString'])
})
