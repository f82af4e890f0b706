import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { baseName, joinPath, parentPath, partsOf, resolvePath } from './path.ts'

const cases: { cwd: string; argument: string; path: string }[] = [
  { cwd: '/', argument: '', path: '/' },
  { cwd: '/a', argument: '', path: '/a' },
  { cwd: '/a', argument: 'b', path: '/a/b' },
  { cwd: '/a', argument: '/b', path: '/b' },
  { cwd: '/a/b', argument: '..', path: '/a' },
  { cwd: '/a/b', argument: '../c/./d/', path: '/a/c/d' },
  { cwd: '/', argument: '..', path: '/' },
  { cwd: '/a', argument: '../../../etc/passwd', path: '/etc/passwd' },
  { cwd: '/a', argument: '/../..', path: '/' },
  { cwd: '/a', argument: '//b///c//', path: '/b/c' },
  { cwd: '/a', argument: '...', path: '/a/...' },
  { cwd: '/a', argument: '..\\..\\b', path: '/a/..\\..\\b' },
  { cwd: '/a', argument: '~', path: '/a/~' },
  { cwd: '/a', argument: ' b ', path: '/a/ b ' },
  { cwd: '/a', argument: '%2e%2e/b', path: '/a/%2e%2e/b' },
  { cwd: '/a', argument: '\udcc0\udcae/b', path: '/a/\udcc0\udcae/b' },
  { cwd: '/', argument: `${'ü'.repeat(127)}x`, path: `/${'ü'.repeat(127)}x` },
]

for (const { cwd, argument, path } of cases) {
  test(`from ${cwd}, ${JSON.stringify(argument).slice(0, 30)} means ${path.slice(0, 30)}`, () => {
    assert.equal(resolvePath(cwd, argument), path)
  })
}

for (const argument of ['a\0', '\0', '/a/\0/b', 'x'.repeat(256), 'ü'.repeat(128), '\udc80'.repeat(256)]) {
  test(`${JSON.stringify(argument.slice(0, 12))} of ${argument.length} is refused`, () => {
    assert.throws(() => resolvePath('/', argument), { code: 'STORAGE_BAD_NAME' })
  })
}

const name = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter(text => !/[/\0]/.test(text))
const argument = fc
  .array(fc.oneof(name, fc.constantFrom('', '.', '..', '...')), { maxLength: 12 })
  .map(parts => parts.join('/'))

test('what comes out is absolute and normalised, and means itself from anywhere', () => {
  fc.assert(
    fc.property(argument, argument, (first, second) => {
      const cwd = resolvePath('/', first)
      const path = resolvePath(cwd, second)
      assert.match(path, /^\/$|^(\/[^/]+)+$/)
      assert.ok(!partsOf(path).some(part => part === '.' || part === '..'))
      assert.equal(resolvePath('/other', path), path)
      assert.equal(path, posix.resolve(cwd, second))
    }),
  )
})

test('the folder and the name of a path make the path', () => {
  fc.assert(
    fc.property(argument, text => {
      const path = resolvePath('/', text)
      if (path !== '/') assert.equal(joinPath(parentPath(path), baseName(path)), path)
    }),
  )
  assert.equal(baseName('/'), '/')
  assert.equal(parentPath('/'), '/')
  assert.equal(parentPath('/a'), '/')
})
