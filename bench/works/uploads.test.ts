import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { takeUploads } from './uploads.ts'

interface Case {
  readonly name: string
  readonly uploads: Readonly<Record<string, string>>
  readonly message?: RegExp
  readonly thorough: boolean
}

const cases: Case[] = [
  { name: 'whole uploads pass', uploads: { a: 'content', b: 'content' }, thorough: true },
  {
    name: 'a missing upload is found',
    uploads: { a: 'content' },
    message: /1 uploads of 2/,
    thorough: false,
  },
  {
    name: 'a left-over file is found',
    uploads: { a: 'content', b: 'content', '.c.part': '' },
    message: /3 uploads of 2/,
    thorough: false,
  },
  {
    name: 'a short upload is found by its size alone',
    uploads: { a: 'content', b: 'conten' },
    message: /b has 6 bytes of 7/,
    thorough: false,
  },
  {
    name: 'other bytes of the same length are found by a thorough look',
    uploads: { a: 'content', b: 'c0ntent' },
    message: /b has other bytes/,
    thorough: true,
  },
]

for (const { name, uploads, message, thorough } of cases) {
  test(name, async t => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-uploads-'))
    t.after(() => rm(folder, { recursive: true }))
    const source = join(folder, 'source')
    const up = join(folder, 'up')
    await mkdir(up)
    await writeFile(source, 'content')
    for (const [file, text] of Object.entries(uploads)) await writeFile(join(up, file), text)
    const looked = takeUploads(up, source, 2, thorough)
    if (message === undefined) await looked
    else await assert.rejects(looked, { name: 'BenchError', message })
    assert.deepEqual(await readdir(up), [], 'the folder is empty for the next server')
  })
}
