import assert from 'node:assert/strict'
import { lstat, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { foldsCase, LocalTree, staysInside } from './local-tree.ts'

const signal = new AbortController().signal
let scratch: string
before(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), 'portolan-tree-')))
})
after(() => rm(scratch, { recursive: true, force: true }))

async function makeRoot(name: string): Promise<string> {
  const root = join(scratch, name)
  await mkdir(join(root, 'folder'), { recursive: true })
  await writeFile(join(root, 'file'), 'twelve bytes')
  await symlink('file', join(root, 'to-file'))
  await symlink('folder', join(root, 'to-folder'))
  await symlink('nowhere', join(root, 'dangling'))
  await symlink('circle', join(root, 'circle'))
  return root
}

const kindsOf = (entries: readonly { readonly name: string; readonly kind: string }[]) =>
  Object.fromEntries(entries.map(({ name, kind }) => [name, kind]))

test('links are listed as links, with what they point to', async () => {
  const { entries } = await new LocalTree(await makeRoot('links')).list('', signal)
  assert.deepEqual(kindsOf(entries), {
    folder: 'folder',
    file: 'file',
    'to-file': 'link',
    'to-folder': 'link',
    dangling: 'link',
    circle: 'link',
  })
  assert.equal(entries.find(({ name }) => name === 'to-folder')?.target, 'folder')
  assert.equal(entries.find(({ name }) => name === 'file')?.size, 12)
})

test('links that are followed are what they point to; those to nothing and in a circle stay links', async () => {
  const tree = new LocalTree(await makeRoot('followed'), { follow: true })
  const { entries } = await tree.list('', signal)
  assert.deepEqual(kindsOf(entries), {
    folder: 'folder',
    file: 'file',
    'to-file': 'file',
    'to-folder': 'folder',
    dangling: 'link',
    circle: 'link',
  })
  const uniques = entries.filter(({ kind }) => kind === 'folder').map(({ unique }) => unique)
  assert.equal(new Set(uniques).size, 1)
})

test('names that are no UTF-8 come back to the same bytes', {
  skip: process.platform !== 'linux',
}, async () => {
  const root = join(scratch, 'bytes')
  await mkdir(root)
  const name = Buffer.from([0x61, 0xff, 0xfe])
  await writeFile(Buffer.concat([Buffer.from(`${root}/`), name]), 'x')
  const tree = new LocalTree(root)
  const { entries } = await tree.list('', signal)
  assert.deepEqual(
    entries.map(entry => entry.name),
    ['a\udcff\udcfe'],
  )
  await tree.removeFile('a\udcff\udcfe')
  assert.deepEqual((await tree.list('', signal)).entries, [])
})

test('a folder is made where there is none, and left where there is one', async () => {
  const tree = new LocalTree(join(scratch, 'made', 'deeper'))
  assert.equal(await tree.root(signal), undefined)
  await tree.makeFolder('')
  await tree.makeFolder('a')
  await tree.makeFolder('a')
  await tree.makeFolder('a/b')
  assert.deepEqual(kindsOf((await tree.root(signal))?.entries ?? []), { a: 'folder' })
  assert.ok((await lstat(join(scratch, 'made/deeper/a/b'))).isDirectory())
})

test('a link in place of a folder is not written through, wherever it leads', async () => {
  const root = await makeRoot('through')
  const outside = join(scratch, 'outside')
  await mkdir(outside)
  await symlink(outside, join(root, 'out'))
  const tree = new LocalTree(root)
  for (const path of ['out', 'to-folder']) await assert.rejects(tree.makeFolder(path), { code: 'FTP_LOCAL' })
  await assert.rejects(tree.makeFolder('out/new'), { code: 'FTP_NAME' })
  await writeFile(join(outside, 'kept'), 'x')
  await assert.rejects(tree.removeFile('out/kept'), { code: 'FTP_NAME' })
  assert.equal(await readFile(join(outside, 'kept'), 'utf8'), 'x')
})

test('the root itself may be a link', async () => {
  const root = await makeRoot('real')
  const link = join(scratch, 'to-real')
  await symlink(root, link)
  const tree = new LocalTree(link)
  await tree.makeFolder('')
  await tree.makeFolder('new')
  assert.ok((await lstat(join(root, 'new'))).isDirectory())
})

test('removing takes a link and leaves what it points to', async () => {
  const root = await makeRoot('removed')
  const tree = new LocalTree(root)
  await tree.removeFile('to-file')
  await tree.removeFolder('folder')
  await tree.removeFile('not-there')
  assert.equal(await readFile(join(root, 'file'), 'utf8'), 'twelve bytes')
})

test('a folder that cannot be listed says why', async () => {
  await assert.rejects(new LocalTree(join(scratch, 'nowhere')).list('', signal), { code: 'FTP_LOCAL' })
})

/** Path of the link, its target, whether it stays inside. */
const links: readonly (readonly [string, string, boolean])[] = [
  ['a', 'b', true],
  ['a', './b/c', true],
  ['a', '.', true],
  ['d/a', '..', true],
  ['d/a', '../b', true],
  ['a', '..', false],
  ['d/a', '../..', false],
  ['d/a', '../../b', false],
  ['a', '/etc/passwd', false],
  ['a', '', false],
  ['a', 'C:\\Windows', false],
  ['a', '\\\\server\\share', false],
  ['a', '..\\up', false],
  ['a', 'b\0', false],
  // Behind a name that may be a link itself, nobody knows where `..` leads.
  ['d/a', 'b/..', false],
  ['d/e/a', 'b/../../c', false],
]

for (const [path, target, inside] of links) {
  test(`a link ${path} to ${JSON.stringify(target)} ${inside ? 'stays inside' : 'is not made'}`, () => {
    assert.equal(staysInside(path, target), inside)
  })
}

test('a link that stays inside leads below the root', () => {
  const part = fc.constantFrom('a', 'b', '..', '.', '')
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('x', 'y'), { minLength: 1, maxLength: 4 }),
      fc.array(part),
      (at, to) => {
        const path = at.join('/')
        const target = to.join('/')
        if (!staysInside(path, target)) return
        const resolved = posix.join('/root', posix.dirname(path), target)
        assert.ok(resolved === '/root' || resolved === '/root/' || resolved.startsWith('/root/'), resolved)
      },
    ),
  )
})

test('whether case is folded is asked of the file system, also for a folder that is not there yet', () => {
  const expected = foldsCase(scratch)
  assert.equal(foldsCase(join(scratch, 'not', 'there', '42')), expected)
  if (process.platform === 'linux') assert.equal(expected, false)
})
