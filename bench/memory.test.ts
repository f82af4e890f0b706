import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryOf, peakOf, processTree } from './memory.ts'
import { Program } from './processes.ts'

test('the tree of a process holds its children and their children', async () => {
  await using shell = await Program.start('sh', ['-c', 'sh -c "echo ready; sleep 60" & wait'])
  assert.equal(await shell.line(), 'ready')
  const tree = processTree(shell.pid)
  assert.equal(tree[0], shell.pid)
  assert.ok(tree.length >= 2, `only ${tree.length} processes`)
})

test('the memory of this process is counted, and shared pages never more often than they are resident', () => {
  const { pss, rss, processes } = memoryOf(process.pid)
  assert.ok(pss > 1e6)
  assert.ok(rss >= pss)
  assert.ok(processes >= 1)
})

test('a process that is gone counts as nothing', async () => {
  const program = await Program.start('true', [])
  await program.exit()
  assert.deepEqual(memoryOf(program.pid), { pss: 0, rss: 0, processes: 0 })
  await program.stop()
})

test('a peak is at least what is held while it is watched', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const watched = peakOf(process.pid, promise, 5)
  const block = Buffer.alloc(64 * 1024 ** 2, 1)
  const held = memoryOf(process.pid).pss
  setTimeout(resolve, 50)
  const peak = await watched
  assert.ok(peak.pss >= held * 0.9, `${peak.pss} of ${held} with ${block.length} more`)
})
