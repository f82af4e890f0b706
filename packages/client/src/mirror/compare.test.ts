import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Precision } from '@portolan/protocol'
import fc from 'fast-check'
import { byCoarseTime, compareFiles } from './compare.ts'
import type { CompareBy } from './options.ts'
import type { TreeEntry } from './tree.ts'

const NOON = Date.UTC(2026, 10, 25, 12)

function file(size: number | undefined, modified?: number, precision: Precision = 'second'): TreeEntry {
  return {
    name: 'a',
    kind: 'file',
    ...(size !== undefined && { size }),
    ...(modified !== undefined && { modified, precision }),
  }
}

const cases: readonly {
  readonly name: string
  readonly by?: CompareBy
  readonly source: TreeEntry
  readonly target: TreeEntry
  readonly is: string
}[] = [
  { name: 'the same', source: file(1, NOON), target: file(1, NOON), is: 'unchanged not-newer' },
  { name: 'of another size', source: file(1, NOON), target: file(2, NOON), is: 'changed size-differs' },
  {
    name: 'of another size and older',
    source: file(1, NOON),
    target: file(2, NOON + 1e6),
    is: 'changed size-differs',
  },
  { name: 'a second newer', source: file(1, NOON + 1000), target: file(1, NOON), is: 'changed newer' },
  { name: 'older', source: file(1, NOON), target: file(1, NOON + 1000), is: 'unchanged not-newer' },
  {
    name: 'newer by less than the target can tell',
    source: file(1, NOON + 999, 'ms'),
    target: file(1, NOON),
    is: 'unchanged not-newer',
  },
  {
    name: 'newer by less than a minute, at a target that tells minutes',
    source: file(1, NOON + 59_999, 'ms'),
    target: file(1, NOON, 'minute'),
    is: 'unchanged not-newer',
  },
  {
    name: 'a minute newer, at a source that tells minutes',
    source: file(1, NOON + 60_000, 'minute'),
    target: file(1, NOON, 'ms'),
    is: 'changed newer',
  },
  {
    name: 'newer by a day and a zone, at a target that tells days',
    source: file(1, NOON + 38 * 3_600_000, 'ms'),
    target: file(1, NOON, 'day'),
    is: 'unchanged not-newer',
  },
  {
    name: 'two days newer, at a target that tells days',
    source: file(1, NOON + 48 * 3_600_000, 'ms'),
    target: file(1, NOON, 'day'),
    is: 'changed newer',
  },
  {
    name: 'of a size that is not told, and no newer',
    source: file(undefined, NOON),
    target: file(1, NOON),
    is: 'unchanged not-newer',
  },
  {
    name: 'of the same size without a time',
    source: file(1),
    target: file(1, NOON),
    is: 'unchanged time-unknown',
  },
  { name: 'without size and time', source: file(undefined), target: file(1), is: 'changed time-unknown' },
  { name: 'the same', by: 'always', source: file(1, NOON), target: file(1, NOON), is: 'changed always' },
  {
    name: 'newer',
    by: 'size',
    source: file(1, NOON + 1e6),
    target: file(1, NOON),
    is: 'unchanged same-size',
  },
  { name: 'of another size', by: 'size', source: file(1), target: file(2), is: 'changed size-differs' },
  {
    name: 'of unknown size',
    by: 'size',
    source: file(undefined),
    target: file(2),
    is: 'changed size-unknown',
  },
  {
    name: 'of the same size',
    by: 'checksum',
    source: file(1, NOON),
    target: file(1, NOON),
    is: 'ask same-size',
  },
  { name: 'of another size', by: 'checksum', source: file(1), target: file(2), is: 'changed size-differs' },
  {
    name: 'of another size',
    by: 'newer',
    source: file(1, NOON),
    target: file(2, NOON),
    is: 'unchanged not-newer',
  },
  { name: 'newer', by: 'newer', source: file(1, NOON + 1000), target: file(1, NOON), is: 'changed newer' },
]

for (const { name, by = 'size-time', source, target, is } of cases) {
  test(`by ${by}, a file that is ${name}: ${is}`, () => {
    const { kind, because } = compareFiles(source, target, by)
    assert.equal(`${kind} ${because.code}`, is)
    assert.notEqual(because.text, '')
  })
}

test('a copy that was given its source’s time, as far as the target tells times, is unchanged', () => {
  const steps: Readonly<Record<Precision, number>> = { ms: 1, second: 1000, minute: 60_000, day: 86_400_000 }
  const precision = fc.constantFrom<Precision>('ms', 'second', 'minute', 'day')
  const time = fc.integer({ min: 0, max: 4_000_000_000_000 })
  fc.assert(
    fc.property(time, precision, precision, (modified, ofSource, ofTarget) => {
      const shown = (value: number, how: Precision) => Math.floor(value / steps[how]) * steps[how]
      const source = file(1, shown(modified, ofSource), ofSource)
      const target = file(1, shown(source.modified ?? 0, ofTarget), ofTarget)
      assert.equal(compareFiles(source, target, 'size-time').kind, 'unchanged')
    }),
  )
})

test('only a time in minutes or days that made a file changed is worth asking for', () => {
  const newer = compareFiles(file(1, NOON + 1e9, 'minute'), file(1, NOON), 'size-time')
  assert.equal(byCoarseTime(newer, file(1, NOON, 'minute')), true)
  assert.equal(byCoarseTime(newer, file(1, NOON, 'day')), true)
  assert.equal(byCoarseTime(newer, file(1, NOON, 'second')), false)
  assert.equal(byCoarseTime(compareFiles(file(1), file(2), 'size-time'), file(1, NOON, 'day')), false)
})
