import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Figure } from './figures.ts'
import { type Column, type Run, renderJson, renderTable } from './report.ts'
import type { Row } from './works/work.ts'

const column = (name: string, role: Column['role'], missing?: string): Column => ({
  name,
  label: name.toUpperCase(),
  role,
  version: '1.0',
  note: `about ${name}`,
  ...(missing === undefined ? {} : { missing }),
})

const work = (name: string, unit: Row['unit'], target: Row['target']): Row => ({
  name,
  title: `title of ${name}`,
  unit,
  ...(target === undefined ? {} : { target }),
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
    work('costly', 's', { kind: 'times', atMost: 1.3, of: 'theirs' }),
    work('far', 'files/s', undefined),
  ],
  remarks: ['the link is long'],
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
    [
      'costly',
      new Map([
        ['ours', reached(0.314)],
        ['theirs', reached(0.2)],
      ]),
    ],
    [
      'far',
      new Map([
        ['ours', reached(7.26)],
        ['theirs', reached(472.6)],
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

test('a cost that is held against one peer shows how many times the cost of that one it is', () => {
  assert.deepEqual(row('title of costly'), [
    'title of costly',
    's',
    '0.31',
    '0.20',
    '–',
    '1.57 times THEIRS',
    '≤ 1.30',
    '**missed**',
  ])
})

test('few files a second are shown with a decimal, many without', () => {
  assert.deepEqual(row('title of far').slice(2, 4), ['7.3', '473'])
})

test('remarks stand below the table', () => {
  assert.match(renderTable(run), /^- the link is long$/m)
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
