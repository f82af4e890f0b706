import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PartFile, type PartOptions, partPathOf } from './part-file.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'portolan-part-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

const options = (path: string, more: Partial<PartOptions> = {}): PartOptions => ({
  path,
  version: 'v1',
  resume: true,
  expected: undefined,
  ...more,
})

for (const { name, expected } of [
  { name: 'a small file', expected: 6 },
  { name: 'a file of unknown size', expected: undefined },
]) {
  test(`${name} shows under its name when it is published, with its time, and leaves no part`, async t => {
    const path = join(await folder(t), 'x')
    await using part = await PartFile.open(options(path, { expected }))
    await part.write(Buffer.from('abc'))
    await part.write(Buffer.from('def'))
    await assert.rejects(stat(path), { code: 'ENOENT' })
    await part.publish(Date.UTC(2020, 0, 2))
    assert.equal(await readFile(path, 'utf8'), 'abcdef')
    assert.equal((await stat(path)).mtimeMs, Date.UTC(2020, 0, 2))
    assert.deepEqual(await readdir(join(path, '..')), ['x'])
  })

  test(`${name} that breaks is kept aside and continued by the same version`, async t => {
    const path = join(await folder(t), 'x')
    {
      await using part = await PartFile.open(options(path, { expected }))
      await part.write(Buffer.from('abc'))
    }
    await using again = await PartFile.open(options(path, { expected }))
    assert.equal(again.position, 3)
    await again.write(Buffer.from('def'))
    await again.publish()
    assert.equal(await readFile(path, 'utf8'), 'abcdef')
  })

  test(`${name} of another version begins anew`, async t => {
    const path = join(await folder(t), 'x')
    {
      await using part = await PartFile.open(options(path, { expected }))
      await part.write(Buffer.from('abc'))
    }
    await using other = await PartFile.open(options(path, { expected, version: 'v2' }))
    assert.equal(other.position, 0)
  })
}

test('a part that is longer than the file can be begins anew', async t => {
  const path = join(await folder(t), 'x')
  await writeFile(partPathOf(path, 'v1'), 'too long')
  await using part = await PartFile.open(options(path, { expected: 3 }))
  assert.equal(part.position, 0)
})

test('without a version nothing is continued', async t => {
  const path = join(await folder(t), 'x')
  await writeFile(partPathOf(path, undefined), 'abc')
  await using part = await PartFile.open(options(path, { version: undefined }))
  assert.equal(part.position, 0)
})

test('a part without a byte is not left behind', async t => {
  const path = join(await folder(t), 'x')
  {
    await using _part = await PartFile.open(options(path))
  }
  assert.deepEqual(await readdir(join(path, '..')), [])
})

test('a link in the place of the part is not followed', async t => {
  const home = await folder(t)
  const victim = join(home, 'victim')
  await writeFile(victim, 'precious')
  const path = join(home, 'x')
  await symlink(victim, partPathOf(path, 'v1'))
  for (const expected of [3, undefined]) {
    await assert.rejects(PartFile.open(options(path, { expected })), { code: 'FTP_LOCAL' })
  }
  assert.equal(await readFile(victim, 'utf8'), 'precious')
})

test('a folder of the name is told, and stays', async t => {
  const path = join(await folder(t), 'x')
  const refusal = { code: 'FTP_LOCAL', message: /it is a folder/ }
  await mkdir(path)
  await assert.rejects(PartFile.open(options(path)), refusal)
  await rmdir(path)
  await using part = await PartFile.open(options(path))
  await part.write(Buffer.from('abc'))
  await mkdir(path)
  await assert.rejects(part.publish(), refusal)
})

test('a name that leaves no room for the part’s ending gets a short one', async t => {
  const path = join(await folder(t), 'ü'.repeat(127))
  await using part = await PartFile.open(options(path))
  await part.write(Buffer.from('abc'))
  await part.publish()
  assert.equal(await readFile(path, 'utf8'), 'abc')
})
