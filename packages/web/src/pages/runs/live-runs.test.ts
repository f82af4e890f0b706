import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run } from '@portolan/console/contract'
import { isAsked, type LiveRuns, leftMs, newer, percentOf, shownRuns, withRun } from './live-runs.ts'

const base: Run = {
  id: 'a',
  transfer: 'nightly',
  sites: ['acme'],
  state: 'running',
  cause: { kind: 'request', text: 'admin asked' },
  createdAt: 100,
  dueAt: 100,
  attempt: 1,
  cancelAsked: false,
  files: 2,
  filesDone: 0,
  bytes: 0,
  bytesTotal: 1000,
}
const all = { transfer: '', site: '', state: '' }
const told = (...runs: readonly (readonly [run: Partial<Run>, at: number])[]): LiveRuns =>
  runs.reduce<LiveRuns>((live, [run, at]) => withRun(live, { ...base, ...run }, at), new Map())

test('the rate comes of two tellings, and is smoothed after that', () => {
  assert.equal(told([{}, 0]).get('a')?.rate, undefined)
  assert.equal(told([{}, 0], [{ bytes: 500 }, 1000]).get('a')?.rate, 500)
  const third = told([{}, 0], [{ bytes: 500 }, 1000], [{ bytes: 500 }, 2000]).get('a')?.rate ?? 0
  assert.ok(third > 0 && third < 500)
})

test('tellings that come right behind one another do not make a rate', () => {
  const live = told([{}, 0], [{ bytes: 500 }, 1000], [{ bytes: 900 }, 1001])
  assert.equal(live.get('a')?.rate, 500)
  assert.equal(live.get('a')?.run.bytes, 900)
})

test('an attempt that begins anew, and a run that does not run, have no rate', () => {
  assert.equal(told([{ bytes: 900 }, 0], [{ attempt: 2 }, 1000]).get('a')?.rate, undefined)
  assert.equal(told([{}, 0], [{ state: 'retrying', bytes: 9 }, 1000]).get('a')?.rate, undefined)
})

test('no more than 500 runs are held, and the first told go first', () => {
  let live: LiveRuns = new Map()
  for (let at = 0; at < 510; at++) live = withRun(live, { ...base, id: String(at) }, at)
  assert.equal(live.size, 500)
  assert.ok(!live.has('9') && live.has('10') && live.has('509'))
})

test('a list shows what was told last, and new runs that its filters ask for first', () => {
  const live = told(
    [{ bytes: 700 }, 0],
    [{ id: 'b', createdAt: 200 }, 0],
    [{ id: 'c', createdAt: 300, transfer: 'other' }, 0],
    [{ id: 'old', createdAt: 1 }, 0],
  )
  assert.deepEqual(
    shownRuns([base], live, all).map(({ id, bytes }) => [id, bytes]),
    [
      ['c', 0],
      ['b', 0],
      ['a', 700],
    ],
  )
  assert.deepEqual(
    shownRuns([base], live, { ...all, transfer: 'nightly' }).map(({ id }) => id),
    ['b', 'a'],
  )
})

test('a run that is no longer as the filter asks leaves the list', () => {
  const live = told([{ state: 'failed' }, 0])
  assert.deepEqual(shownRuns([base], live, { ...all, state: 'running' }), [])
})

test('what is over stays over when an older telling comes late', () => {
  const over: Run = { ...base, state: 'succeeded' }
  assert.equal(newer(over, base), over)
  assert.equal(newer(base, over), over)
  assert.equal(newer(base, undefined), base)
})

test('filters go by transfer, site and state', () => {
  assert.ok(isAsked(base, { transfer: 'nightly', site: 'acme', state: 'running' }))
  for (const filter of [{ transfer: 'x' }, { site: 'x' }, { state: 'failed' }])
    assert.ok(!isAsked(base, { ...all, ...filter }))
})

test('the time left is told only when somebody can tell', () => {
  assert.equal(leftMs({ bytes: 500, bytesTotal: 1000 }, 100), 5000)
  for (const rate of [undefined, 0]) assert.equal(leftMs(base, rate), undefined)
  assert.equal(leftMs({ bytes: 1000, bytesTotal: 1000 }, 100), undefined)
})

test('how much is done goes by bytes, and by files where there are no bytes', () => {
  assert.equal(percentOf({ ...base, bytes: 250 }), 25)
  assert.equal(percentOf({ ...base, bytesTotal: 0, filesDone: 1 }), 50)
  assert.equal(percentOf({ ...base, bytesTotal: 0, files: 0 }), 0)
  assert.equal(percentOf({ ...base, state: 'succeeded', files: 0, bytesTotal: 0 }), 100)
  assert.equal(percentOf({ ...base, bytes: 2000 }), 100)
})
