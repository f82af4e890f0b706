import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunRow, RunState } from '@portolan/store'
import { Registry } from 'prom-client'
import { runFigures } from './run-figures.ts'

const row = (state: RunState, bytes: number): RunRow => ({
  id: '1',
  transfer: 't',
  sites: [],
  state,
  cause: { kind: 'request', text: '', properties: {} },
  definition: {},
  createdAt: 0,
  dueAt: 0,
  attempt: 1,
  cancelAsked: false,
  files: 1,
  filesDone: 1,
  bytes,
  bytesTotal: bytes,
  progress: {},
})

test('runs are counted when they end, and retries beside', async () => {
  const registry = new Registry()
  const figures = runFigures(registry)
  figures.count({ type: 'run-queued', run: row('waiting', 0) })
  figures.count({ type: 'run-progress', run: row('running', 7) })
  figures.count({ type: 'run-retrying', run: row('retrying', 7) })
  figures.count({ type: 'run-ended', run: row('succeeded', 100) })
  figures.count({ type: 'run-ended', run: row('succeeded', 20) })
  figures.count({ type: 'run-ended', run: row('failed', 3) })
  figures.count({ type: 'warning', code: 'X', text: '' })
  const text = await registry.metrics()
  for (const line of [
    'portolan_runs_total{state="succeeded"} 2',
    'portolan_runs_total{state="failed"} 1',
    'portolan_run_retries_total 1',
    'portolan_run_bytes_total 123',
  ])
    assert.ok(text.split('\n').includes(line), `${line} in\n${text}`)
})

test('how many wait and run is told as long as the store tells it', async () => {
  const registry = new Registry()
  const figures = runFigures(registry)
  figures.update({ waiting: 4, running: 2, retrying: 1, succeeded: 9, failed: 9, cancelled: 9 })
  const text = await registry.metrics()
  assert.match(text, /^portolan_runs\{state="waiting"\} 4$/m)
  assert.match(text, /^portolan_runs\{state="running"\} 2$/m)
  assert.doesNotMatch(text, /portolan_runs\{state="succeeded"/)
  figures.update(undefined)
  assert.doesNotMatch(await registry.metrics(), /^portolan_runs\{/m)
})
