import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkTemplate, expandPlaceholders, FILE_PLACEHOLDERS, fileProperties } from './placeholders.ts'

const AT = Date.UTC(2026, 10, 25, 7, 8, 9)

test('placeholders stand for the parts of a name and of the time', () => {
  const properties = { ...fileProperties('/in/report.tar.gz', AT), run: 'r7' }
  const cases: [string, string][] = [
    ['{name}', 'report.tar.gz'],
    ['{stem}-{date}.{extension}', 'report.tar-2026-11-25.gz'],
    ['{folder}/{year}/{month}/{day}/{time}', '/in/2026/11/25/070809'],
    ['{run}{{x}}', 'r7{x}'],
    ['plain', 'plain'],
  ]
  for (const [template, text] of cases) assert.equal(expandPlaceholders(template, properties), text)
  assert.equal(expandPlaceholders('{stem}|{extension}', fileProperties('.profile', AT)), '.profile|')
})

test('a placeholder that stands for nothing is refused, and those that do are named', () => {
  assert.throws(() => expandPlaceholders('{nmae}', { name: 'a' }), /\{nmae\}.*known: name/)
  assert.throws(() => expandPlaceholders('a{', {}), /other half/)
  assert.throws(() => expandPlaceholders('{toString}', {}), /stands for nothing/)
  assert.equal(checkTemplate('{name}-{date}', FILE_PLACEHOLDERS), undefined)
  assert.match(checkTemplate('{nope}', FILE_PLACEHOLDERS) ?? '', /nope/)
})

test('a value is put in as it is, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string(), value => {
      assert.equal(expandPlaceholders('<{name}>', { name: value }), `<${value}>`)
    }),
  )
})
