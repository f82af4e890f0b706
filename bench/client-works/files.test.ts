import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { checkFile, checkFolder } from './files.ts'

interface Case {
  readonly name: string
  /** What has arrived: path to content. */
  readonly arrived: Readonly<Record<string, string>>
  readonly message?: RegExp
  readonly thorough?: boolean
}

const folders: Case[] = [
  { name: 'a whole folder passes', arrived: { a: 'one', b: 'two' }, thorough: true },
  {
    name: 'a folder of its own name below the target passes',
    arrived: { 'many/a': 'one', 'many/b': 'two' },
    thorough: true,
  },
  { name: 'a missing file is found', arrived: { a: 'one' }, message: /1 files of 2/ },
  {
    name: 'a file too many is found',
    arrived: { a: 'one', b: 'two', '.b.part': '' },
    message: /3 files of 2/,
  },
  { name: 'another name is found', arrived: { a: 'one', c: 'two' }, message: /b is not there/ },
  { name: 'a short file is found', arrived: { a: 'one', b: 'tw' }, message: /b has 2 bytes of 3/ },
  {
    name: 'other bytes are found by a thorough look',
    arrived: { a: 'one', b: 'tw0' },
    message: /b has other bytes/,
    thorough: true,
  },
]

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
}

async function ground(t: TestContext): Promise<{ source: string; target: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-files-'))
  t.after(() => rm(folder, { recursive: true }))
  const [source, target] = [join(folder, 'source'), join(folder, 'target')]
  await mkdir(target)
  await write(source, { a: 'one', b: 'two' })
  return { source, target }
}

for (const { name, arrived, message, thorough = false } of folders) {
  test(name, async t => {
    const { source, target } = await ground(t)
    await write(target, arrived)
    const looked = checkFolder(target, source, thorough)
    if (message === undefined) await looked
    else await assert.rejects(looked, { name: 'BenchError', message })
  })
}

const files: { name: string; text?: string; message?: RegExp; thorough?: boolean }[] = [
  { name: 'a whole file passes', text: 'one', thorough: true },
  { name: 'a file that is not there is found', message: /x is not there/ },
  { name: 'a half file is found by its size alone', text: 'on', message: /x has 2 bytes of 3/ },
  { name: 'a changed file passes a look at its size', text: '0ne' },
  {
    name: 'a changed file is found by a thorough look',
    text: '0ne',
    message: /x has other bytes/,
    thorough: true,
  },
]

for (const { name, text, message, thorough = false } of files) {
  test(name, async t => {
    const { source, target } = await ground(t)
    if (text !== undefined) await writeFile(join(target, 'x'), text)
    const looked = checkFile(join(target, 'x'), join(source, 'a'), thorough)
    if (message === undefined) await looked
    else await assert.rejects(looked, { name: 'BenchError', message })
  })
}
