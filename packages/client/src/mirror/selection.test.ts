import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileSelection } from './selection.ts'

/** A path that ends with `/` is a folder. */
const cases: readonly {
  readonly include?: readonly string[]
  readonly exclude?: readonly string[]
  readonly in: readonly string[]
  readonly out: readonly string[]
}[] = [
  { in: ['a', '.hidden', 'a/b/c', 'folder/'], out: [] },
  { exclude: ['*.bak'], in: ['a', 'bak', 'a.bak.txt'], out: ['a.bak', 'deep/er/b.bak', '.bak', 'old.bak/'] },
  { exclude: ['cache/'], in: ['cache', 'a/cache'], out: ['cache/', 'a/b/cache/'] },
  { exclude: ['/cache/'], in: ['a/cache/', 'cache'], out: ['cache/'] },
  { exclude: ['logs/*.txt'], in: ['a/logs/x.txt', 'logs/a/x.txt', 'logs/x.md'], out: ['logs/x.txt'] },
  { exclude: ['**/logs/*.txt'], in: ['logs/x.md'], out: ['logs/x.txt', 'a/logs/x.txt'] },
  { exclude: ['/top'], in: ['a/top'], out: ['top'] },
  { exclude: ['*'], in: [], out: ['a', '.hidden', 'folder/'] },
  { include: ['*.txt'], in: ['a.txt', 'b/c.txt', 'folder/'], out: ['a.md', 'b/txt'] },
  { include: ['docs/'], in: ['docs/a', 'docs/b/c', 'x/docs/y', 'other/'], out: ['docs', 'a', 'docsx/a'] },
  { include: ['/docs/'], in: ['docs/a'], out: ['x/docs/y'] },
  { include: ['src/**'], in: ['src/a', 'src/b/c'], out: ['a', 'x/src/a'] },
  { include: ['*.{jpg,png}'], in: ['a.jpg', 'b/c.png'], out: ['a.gif'] },
  { include: ['*.txt'], exclude: ['b/'], in: ['a.txt'], out: ['a.md', 'b/'] },
  { include: ['*.txt'], exclude: ['secret*'], in: ['a.txt'], out: ['secret.txt', 'secrets/'] },
  // Neither a negation nor a comment, and no separator.
  { exclude: ['!a'], in: ['a', 'b'], out: ['!a'] },
  { exclude: ['#a'], in: ['a'], out: ['#a'] },
  { exclude: ['[ab]c'], in: ['cc'], out: ['ac', 'x/bc'] },
]

for (const { include = [], exclude = [], in: taken, out } of cases) {
  const words = [...include.map(glob => `include ${glob}`), ...exclude.map(glob => `exclude ${glob}`)]
  test(`${words.length === 0 ? 'without patterns' : words.join(', ')}`, () => {
    const selection = compileSelection(include, exclude)
    const leftOut = (path: string) => {
      const folder = path.endsWith('/')
      return selection.leftOut(folder ? path.slice(0, -1) : path, folder) !== undefined
    }
    assert.deepEqual(
      taken.filter(path => leftOut(path)),
      [],
    )
    assert.deepEqual(
      out.filter(path => !leftOut(path)),
      [],
    )
  })
}

test('a folder is named by a pattern of its own, by one for a folder above, and always where all is wanted', () => {
  const selection = compileSelection(['docs/', '*.txt'], [])
  assert.equal(selection.partial, true)
  assert.deepEqual(
    ['docs', 'docs/a', 'other', 'a.txt'].filter(path => selection.names(path)),
    ['docs', 'docs/a', 'a.txt'],
  )
  assert.equal(compileSelection([], ['x']).names('anything'), true)
})

for (const pattern of ['', '/', '//']) {
  test(`${JSON.stringify(pattern)} names nothing, and is refused`, () => {
    assert.throws(() => compileSelection([pattern], []), { code: 'FTP_SETTING' })
    assert.throws(() => compileSelection([], [pattern]), { code: 'FTP_SETTING' })
  })
}

test('what is excluded stays so, whatever is included', () => {
  const glob = fc.constantFrom('*', '*.a', 'b/', 'b/**', '/b', '**/c', 'c')
  const path = fc.array(fc.constantFrom('a', 'b', 'c', 'x.a'), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.array(glob), fc.array(glob), path, fc.boolean(), (include, exclude, parts, folder) => {
      const text = parts.join('/')
      const excluded = compileSelection([], exclude).leftOut(text, folder)
      if (excluded) assert.equal(compileSelection(include, exclude).leftOut(text, folder), 'excluded')
    }),
  )
})
