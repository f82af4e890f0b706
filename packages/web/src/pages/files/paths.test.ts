import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { baseName, crumbsOf, isText, joinPath, nameProblem, parentPath, pathOf, shownName } from './paths.ts'

const PATHS: readonly [search: unknown, path: string][] = [
  [undefined, '/'],
  ['', '/'],
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['a//b/', '/a/b'],
  [7, '/'],
]

for (const [search, path] of PATHS) {
  test(`the address ${JSON.stringify(search)} means ${path}`, () => assert.equal(pathOf(search), path))
}

test('a path is taken apart and put together again', () => {
  const name = fc.string({ minLength: 1 }).filter(text => nameProblem(text) === undefined)
  fc.assert(
    fc.property(fc.array(name), name, (folders, last) => {
      const folder = pathOf(folders.join('/'))
      const path = joinPath(folder, last)
      assert.equal(parentPath(path), folder)
      assert.equal(baseName(path), last)
      assert.equal(pathOf(path), path)
      assert.equal(crumbsOf(path).at(-1)?.path, path)
    }),
  )
})

test('the way to a folder begins at the root', () => {
  assert.deepEqual(crumbsOf('/a/b'), [
    { name: 'Home', path: '/' },
    { name: 'a', path: '/a' },
    { name: 'b', path: '/a/b' },
  ])
  assert.deepEqual(crumbsOf('/', 'Top'), [{ name: 'Top', path: '/' }])
})

test('a name that cannot be given is told why', () => {
  for (const name of ['', '  ', 'a/b', '.', '..', 'a\0', 'ü'.repeat(128)]) assert.ok(nameProblem(name), name)
  for (const name of ['a', '...', '.hidden', 'ü'.repeat(127), 'a\\b', 'con'])
    assert.equal(nameProblem(name), undefined)
})

test('a name that is no text is known, and can be shown', () => {
  assert.ok(isText('ü€😀'))
  assert.ok(!isText('a\udcff'))
  assert.equal(shownName('a\udcff'), 'a\ufffd')
})
