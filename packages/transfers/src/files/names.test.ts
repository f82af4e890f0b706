import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isListedName, joinRemote, splitPath, stayBelow, temporaryName } from './names.ts'

for (const [parts, path] of [
  [['', '', 'a'], 'a'],
  [['in', '', 'a'], 'in/a'],
  [['in/', 'sub', 'a'], 'in/sub/a'],
  [['in', '/out', 'a'], '/out/a'],
  [['/', 'a'], '/a'],
] as const)
  test(`${JSON.stringify(parts)} is ${path} at a partner`, () => assert.equal(joinRemote(...parts), path))

for (const [path, folder, name] of [
  ['a', '', 'a'],
  ['/a', '/', 'a'],
  ['in/a', 'in', 'a'],
  ['/in/sub/a', '/in/sub', 'a'],
] as const)
  test(`${path} is ${name} in ${folder || 'no folder'}`, () =>
    assert.deepEqual(splitPath(path), { folder, name }))

for (const name of [
  '',
  '.',
  '..',
  'a/b',
  'a\\b',
  '../x',
  'a\0',
  'a\r\nb',
  'x'.repeat(256),
  '.portolan-upload-1',
])
  test(`${JSON.stringify(name.slice(0, 30))} is no name that a listing may have`, () =>
    assert.equal(isListedName(name), false))

for (const path of ['..', '../a', 'a/../../b', '/a', 'a/', '.', '', 'a\0'])
  test(`${JSON.stringify(path)} does not stay below its folder`, () =>
    assert.throws(() => stayBelow(path), { code: 'RUN_NAME' }))

test('a path that stays below is the path without detours', () => {
  assert.equal(stayBelow('a/./b/../c'), 'a/c')
})

test('temporary names stand beside the final name, differ by run and file, and are no longer than file systems take', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 255, unit: 'grapheme' })
    .filter(text => !text.includes('/'))
  fc.assert(
    fc.property(name, fc.string(), fc.string(), fc.boolean(), (final, run, key, hidden) => {
      const target = `in/sub/${final}`
      const temporary = temporaryName(target, run, key, hidden)
      assert.ok(temporary.startsWith('in/sub/'))
      assert.ok(Buffer.byteLength(splitPath(temporary).name) <= 255)
      assert.notEqual(temporary, target)
      assert.equal(temporaryName(target, run, key, hidden), temporary)
      assert.notEqual(temporaryName(target, `${run}1`, key, hidden), temporary)
      assert.notEqual(temporaryName(target, run, `${key}1`, hidden), temporary)
    }),
  )
})
