import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fails, served } from './testing.ts'

const FILES = {
  'a.txt': 'alpha',
  'docs/b.txt': 'beta',
  'docs/deep/c.txt': 'gamma',
  'docs/deep/er/d.txt': 'delta',
}

test('remove: a file; a folder with all that is in it, links as links, and tells of each', async t => {
  const { open, events, names, shared } = await served(t, { files: FILES })
  symlinkSync(shared, join(shared, '..', 'home', 'docs', 'link'))
  await using access = await open()
  await access.remove('/a.txt')
  await access.remove('/docs')
  assert.deepEqual(names(), [])
  assert.deepEqual(
    events('file')
      .map(({ change, path }) => `${change} ${path}`)
      .sort(),
    [
      'deleted /a.txt',
      'deleted /docs/b.txt',
      'deleted /docs/deep/c.txt',
      'deleted /docs/deep/er/d.txt',
      'deleted /docs/link',
      'folder-removed /docs',
      'folder-removed /docs/deep',
      'folder-removed /docs/deep/er',
    ],
  )
  await fails(access.remove('/docs'), 'FILE_MISSING')
  await fails(access.remove('/'), 'FILE_DENIED')
})

const PROTECTED = [
  { name: 'read-only', allow: 'readOnly' },
  { name: 'not to be listed', allow: ['delete', 'removeFolder'] },
  { name: 'of files that stay', allow: ['list', 'removeFolder'] },
] as const

for (const { name, allow } of PROTECTED) {
  test(`remove: a folder with a part that is ${name} stays whole`, async t => {
    const rules = [
      { path: '/', allow: 'all' as const },
      { path: '/docs/deep', allow: typeof allow === 'string' ? allow : [...allow] },
      { path: '/docs/not-there', allow: 'none' as const },
    ]
    const { open, has, events } = await served(t, { files: FILES, user: { permissions: rules } })
    await using access = await open()
    await fails(access.remove('/docs'), 'FILE_DENIED')
    assert.ok(has('docs/b.txt') && has('docs/deep/er/d.txt'))
    assert.deepEqual(events('file'), [])
  })
}

test('remove: a folder that holds a mount stays, and so does the mount', async t => {
  const { open, has, shared, change } = await served(t, { files: FILES })
  await change({ folders: [{ path: '/docs/shared', folder: shared }] })
  await using access = await open()
  await fails(access.remove('/docs'), 'FILE_DENIED')
  await fails(access.remove('/docs/shared'), 'FILE_DENIED')
  assert.ok(has('docs/b.txt'))
  await access.remove('/docs/deep')
  assert.ok(!has('docs/deep'))
})

test('remove: without the right to delete files, only empty folders go', async t => {
  const { open, has, home } = await served(t, {
    files: FILES,
    user: { permissions: [{ path: '/', allow: ['list', 'removeFolder'] }] },
  })
  mkdirSync(join(home, 'empty'))
  await using access = await open()
  await access.remove('/empty')
  await fails(access.remove('/docs'), 'FILE_EXISTS')
  assert.ok(!has('empty') && has('docs/deep/er/d.txt'))
})

test('remove: two at once remove everything together, and entries that go meanwhile hurt neither them nor a listing', async t => {
  const { open, put, names } = await served(t)
  for (let count = 0; count < 400; count++) put(`docs/${count % 20}/${count}.txt`, 'x')
  await using access = await open()
  const listing = async () => {
    for (let round = 0; round < 20; round++) await access.list('/docs').catch(() => {})
  }
  await Promise.all([access.remove('/docs'), access.remove('/docs'), listing()])
  assert.deepEqual(names(), [])
})

test('remove: a folder of many names, more than are held at once', async t => {
  const { open, home, names } = await served(t)
  mkdirSync(join(home, 'many'))
  for (let count = 0; count < 6_000; count++) mkdirSync(join(home, 'many', `${count}`))
  await using access = await open()
  assert.equal((await access.list('/many')).entries.length, 6_000)
  await access.remove('/many')
  assert.deepEqual(names(), [])
  assert.deepEqual(readdirSync(home), [])
})
