import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DELAY_MS, linkMissing, openLink, ownerOf } from './link.ts'
import { run } from './processes.ts'

const owners: { name: string; pid: number | undefined }[] = [
  { name: 'portolan-bench-123-server', pid: 123 },
  { name: 'portolan-bench-123-client', pid: 123 },
  { name: 'portolan-bench-123-other', pid: undefined },
  { name: 'my-portolan-bench-123-server', pid: undefined },
  { name: 'portolan-bench--server', pid: undefined },
]

for (const { name, pid } of owners) {
  test(`a namespace "${name}" ${pid === undefined ? 'is none of ours' : `was made by process ${pid}`}`, () => {
    assert.equal(ownerOf(name), pid)
  })
}

const missing = linkMissing()

test('a connect over the link takes two delays, and nothing is left of it afterwards', {
  skip: missing ?? false,
}, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-link-'))
  t.after(() => rm(folder, { recursive: true }))
  const delay = join(folder, 'delay')
  await run('gcc', ['-std=gnu17', '-O2', '-o', delay, join(import.meta.dirname, 'load', 'delay.c')])
  const spaces = ['server', 'client'].map(end => `/run/netns/portolan-bench-${process.pid}-${end}`)
  {
    await using link = await openLink(delay)
    assert.ok(link.connectMs >= 2 * DELAY_MS, `${link.connectMs} ms`)
    assert.ok(spaces.every(existsSync))
    assert.equal(await link.place.greets(9), false)
  }
  assert.ok(!spaces.some(existsSync), 'the namespaces are gone')
})
