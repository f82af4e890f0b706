import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Figure } from './figures.ts'
import { type Column, type Run, renderJson, renderTable } from './report.ts'
import type { Work } from './works/work.ts'

const column = (name: string, role: Column['role'], missing?: string): Column => ({
  name,
  label: name.toUpperCase(),
  role,
  version: '1.0',
  note: `about ${name}`,
  ...(missing === undefined ? {} : { missing }),
})

const work = (name: string, unit: Work['unit'], target: Work['target']): Work => ({
  name,
  title: `title of ${name}`,
  unit,
  tls: false,
  running: 'kept',
  ...(target === undefined ? {} : { target }),
  leavesOut: () => undefined,
  measure: () => Promise.reject(new Error('not in this test')),
})

const reached = (value: number): Figure => ({
  kind: 'reached',
  value,
  samples: [{ kind: 'measured', round: 0, value, detail: {} }],
})

const run: Run = {
  date: '2026-11-21 06:00',
  machine: {
    cores: 2,
    cpu: 'A CPU',
    kernel: '6.1',
    system: 'Debian',
    arch: 'x64',
    memoryGiB: 8,
    node: 'v26',
  },
  loadAtStart: 0.1,
  rounds: 3,
  quick: false,
  medium: 'tmpfs',
  columns: [
    column('ours', 'subject'),
    column('theirs', 'peer'),
    column('absent', 'peer', 'no root'),
    column('top', 'ceiling'),
  ],
  works: [
    work('fast', 'MB/s', { kind: 'ratio', atLeast: 1 }),
    work('slow', 'MB/s', { kind: 'ratio', atLeast: 1 }),
    work('lean', 'KB', { kind: 'value', atMost: 40 }),
    work('broken', 'MB/s', { kind: 'ratio', atLeast: 1 }),
  ],
  figures: new Map([
    [
      'fast',
      new Map([
        ['ours', reached(2000)],
        ['theirs', reached(1000)],
        ['top', reached(9000)],
      ]),
    ],
    [
      'slow',
      new Map([
        ['ours', reached(500)],
        ['theirs', reached(1000)],
      ]),
    ],
    [
      'lean',
      new Map<string, Figure>([
        ['ours', reached(12.34)],
        ['theirs', reached(1.5)],
      ]),
    ],
    [
      'broken',
      new Map<string, Figure>([
        ['ours', { kind: 'failed', reason: 'short', samples: [] }],
        ['theirs', reached(1)],
      ]),
    ],
  ]),
}

/** The cells of the row whose first cell is `title`. */
function row(title: string): string[] {
  const line = renderTable(run)
    .split('\n')
    .find(text => text.startsWith(`| ${title} `))
  assert.ok(line !== undefined, `no row "${title}"`)
  return line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim())
}

test('a row shows the figures, the ratio to the best peer, the target and whether it is reached', () => {
  assert.deepEqual(row('title of fast'), [
    'title of fast',
    'MB/s',
    '2,000',
    '1,000',
    '9,000',
    '2.00 of THEIRS',
    '≥ 1.00',
    'reached',
  ])
  assert.deepEqual(row('title of slow'), [
    'title of slow',
    'MB/s',
    '500',
    '1,000',
    '–',
    '0.50 of THEIRS',
    '≥ 1.00',
    '**missed**',
  ])
})

test('a figure with a bound of its own shows no ratio, whatever the peers need', () => {
  assert.deepEqual(row('title of lean'), [
    'title of lean',
    'KB',
    '12.3',
    '1.5',
    '–',
    '',
    '≤ 40 KB',
    'reached',
  ])
})

test('a failure is in the row and its reason below the table', () => {
  assert.deepEqual(row('title of broken'), [
    'title of broken',
    'MB/s',
    'failed',
    '1',
    '–',
    '',
    '≥ 1.00',
    '**missed**',
  ])
  assert.match(renderTable(run), /^- OURS, title of broken: failed: short$/m)
})

test('a server that could not run has no column but a line that says why', () => {
  assert.doesNotMatch(renderTable(run), /\| ABSENT/)
  assert.match(renderTable(run), /^- ABSENT did not run: no root$/m)
})

test('every line of the table has as many cells as its head', () => {
  const lines = renderTable(run)
    .split('\n')
    .filter(line => line.startsWith('|'))
  assert.equal(lines.length, 2 + run.works.length)
  for (const line of lines) assert.equal(line.split('|').length, lines[0]?.split('|').length)
})

test('the JSON holds the machine, every sample and the verdicts', () => {
  const written: unknown = JSON.parse(renderJson(run))
  assert.ok(typeof written === 'object' && written !== null && 'works' in written && 'machine' in written)
  assert.deepEqual(written.machine, run.machine)
  assert.ok(Array.isArray(written.works))
  assert.deepEqual(written.works[0], {
    name: 'fast',
    title: 'title of fast',
    unit: 'MB/s',
    target: { kind: 'ratio', atLeast: 1 },
    best: 'theirs',
    ratio: 2,
    reached: true,
    figures: { ours: reached(2000), theirs: reached(1000), top: reached(9000) },
  })
})
