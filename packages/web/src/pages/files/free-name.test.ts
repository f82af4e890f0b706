import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { freeName } from './free-name.ts'

const NAMES: readonly [name: string, taken: readonly string[], free: string, isFolder?: boolean][] = [
  ['report.pdf', [], 'report.pdf'],
  ['report.pdf', ['report.pdf'], 'report (2).pdf'],
  ['report.pdf', ['report.pdf', 'report (2).pdf'], 'report (3).pdf'],
  ['report (2).pdf', ['report (2).pdf'], 'report (3).pdf'],
  ['backup.tar.gz', ['backup.tar.gz'], 'backup (2).tar.gz'],
  ['.profile', ['.profile'], '.profile (2)'],
  ['README', ['README'], 'README (2)'],
  ['v1.2 final', ['v1.2 final'], 'v1.2 final (2)'],
  ['photos.2024', ['photos.2024'], 'photos.2024 (2)', true],
  ['(2)', ['(2)'], '(2) (2)'],
]

for (const [name, taken, free, isFolder] of NAMES) {
  test(`beside ${taken.join(', ') || 'nothing'}, ${name} becomes ${free}`, () => {
    assert.equal(
      freeName(name, other => taken.includes(other), isFolder),
      free,
    )
  })
}

test('the name that is found is free, and no other is changed when it was free', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.string()), (name, names) => {
      const taken = new Set(names)
      const free = freeName(name, other => taken.has(other))
      assert.ok(!taken.has(free))
      if (!taken.has(name)) assert.equal(free, name)
    }),
  )
})
