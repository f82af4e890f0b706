import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { linkTarget } from './link-target.ts'

const cases: [folder: string, target: string, path: string, text: string][] = [
  ['/', 'f', '/f', 'f'],
  ['/', '/f', '/f', 'f'],
  ['/a/b', 'f', '/a/b/f', 'f'],
  ['/a/b', '../f', '/a/f', '../f'],
  ['/a/b', '/a/c/f', '/a/c/f', '../c/f'],
  ['/a/b', '/a/b/f', '/a/b/f', 'f'],
  ['/a/b', '/', '/', '../..'],
  ['/a/b', '.', '/a/b', '.'],
  ['/a/b', '/x/y', '/x/y', '../../x/y'],
  ['/a', './x/../y//z/', '/a/y/z', 'y/z'],
  ['/', '/', '/', '.'],
]

for (const [folder, target, path, text] of cases) {
  test(`in ${folder}, a link to ${target} says ${text}`, () => {
    assert.deepEqual(linkTarget(folder, target), { path, text })
  })
}

for (const [folder, target] of [
  ['/', '..'],
  ['/a', '../..'],
  ['/a', '../../a'],
  ['/a/b', 'c/../../../..'],
  ['/a', '/..'],
  ['/a', '/../a'],
] as const) {
  test(`in ${folder}, a link to ${target} would lead outside`, () => {
    assert.throws(() => linkTarget(folder, target), { code: 'STORAGE_OUTSIDE' })
  })
}

test('a link never climbs above the root, and leads where it says', () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }).map(parts => `/${parts.join('/')}`)
  const target = fc
    .array(fc.constantFrom('a', 'b', '..', '.', ''), { minLength: 1, maxLength: 6 })
    .map(parts => parts.join('/'))
  fc.assert(
    fc.property(path, target, (folder, wanted) => {
      let made: ReturnType<typeof linkTarget>
      try {
        made = linkTarget(folder, wanted)
      } catch {
        return
      }
      const ups = made.text.split('/').filter(part => part === '..').length
      assert.ok(ups <= folder.split('/').filter(Boolean).length)
      assert.equal(posix.join(folder, made.text).replace(/(.)\/$/, '$1'), made.path)
    }),
  )
})
