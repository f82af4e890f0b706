import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatListLine, type ListEntry } from './list-line.ts'

const now = Date.UTC(2026, 10, 21, 12, 0)
const day = 86_400_000
const file: ListEntry = { name: 'name', kind: 'file', size: 1234, modified: Date.UTC(2026, 10, 21, 5, 22) }

const cases: { name: string; entry: ListEntry; line: string }[] = [
  { name: 'a file', entry: file, line: '-rw-r--r--   1 owner    group        1234 Nov 21 05:22 name' },
  {
    name: 'a folder',
    entry: { ...file, kind: 'folder', size: 0 },
    line: 'drwxr-xr-x   1 owner    group           0 Nov 21 05:22 name',
  },
  {
    name: 'a link',
    entry: { ...file, kind: 'link', target: '/a b' },
    line: 'lrwxrwxrwx   1 owner    group        1234 Nov 21 05:22 name -> /a b',
  },
  {
    name: 'a link without a target',
    entry: { ...file, kind: 'link' },
    line: 'lrwxrwxrwx   1 owner    group        1234 Nov 21 05:22 name',
  },
  {
    name: 'a device, as a file',
    entry: { ...file, kind: 'other', target: 'x' },
    line: '-rw-r--r--   1 owner    group        1234 Nov 21 05:22 name',
  },
  {
    name: 'owner, group, links and mode',
    entry: { ...file, owner: 'anna', group: 'staff', links: 12, mode: 0o100750 },
    line: '-rwxr-x---  12 anna     staff        1234 Nov 21 05:22 name',
  },
  {
    name: 'set-id and sticky bits',
    entry: { ...file, mode: 0o7777 },
    line: '-rwsrwsrwt   1 owner    group        1234 Nov 21 05:22 name',
  },
  {
    name: 'set-id and sticky bits without execute',
    entry: { ...file, mode: 0o7000 },
    line: '---S--S--T   1 owner    group        1234 Nov 21 05:22 name',
  },
  {
    name: 'a size of 16 digits',
    entry: { ...file, size: 9_007_199_254_740_991 },
    line: '-rw-r--r--   1 owner    group    9007199254740991 Nov 21 05:22 name',
  },
  {
    name: 'a day of one digit',
    entry: { ...file, modified: Date.UTC(2026, 10, 1, 0, 5) },
    line: '-rw-r--r--   1 owner    group        1234 Nov  1 00:05 name',
  },
  {
    name: 'an owner with blanks, and none',
    entry: { ...file, owner: 'domain users', group: '' },
    line: '-rw-r--r--   1 domain_users -            1234 Nov 21 05:22 name',
  },
  {
    name: 'a name that begins and ends with blanks',
    entry: { ...file, name: ' a ' },
    line: '-rw-r--r--   1 owner    group        1234 Nov 21 05:22  a ',
  },
]

for (const { name, entry, line } of cases) {
  test(`formatListLine: ${name}`, () => assert.equal(formatListLine(entry, now), line))
}

const dates: { name: string; modified: number; date: string }[] = [
  { name: 'almost six months old', modified: now - 182 * day, date: 'May 23 12:00' },
  { name: 'older than six months', modified: now - 183 * day, date: 'May 22  2026' },
  { name: 'half an hour ahead', modified: now + day / 48, date: 'Nov 21 12:30' },
  { name: 'more than an hour ahead', modified: now + day / 24 + 1, date: 'Nov 21  2026' },
  { name: 'before 1970', modified: -1, date: 'Dec 31  1969' },
  { name: 'beyond the calendar', modified: Number.POSITIVE_INFINITY, date: 'Dec 31  9999' },
  { name: 'no number', modified: Number.NaN, date: 'Jan  1  1970' },
]

for (const { name, modified, date } of dates) {
  test(`the date of an entry that is ${name}`, () => {
    assert.equal(
      formatListLine({ ...file, modified }, now),
      `-rw-r--r--   1 owner    group        1234 ${date} name`,
    )
  })
}

test('the date is right in whatever order the entries come', () => {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  fc.assert(
    fc.property(fc.array(fc.integer({ min: now - 170 * day, max: now }), { minLength: 2 }), times => {
      for (const modified of times) {
        const date = new Date(modified)
        const clock = date.toISOString().slice(11, 16)
        const expected = `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} name`
        assert.ok(formatListLine({ ...file, modified }, now).endsWith(expected))
      }
    }),
  )
})

test('an entry is one line of nine columns, whatever its name, target, owner and group hold', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', '\r', '\n', '\0', '\t', '\u2028', '\udcff'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  fc.assert(
    fc.property(text, text, text, text, (name, target, owner, group) => {
      const line = formatListLine({ ...file, kind: 'link', name, target, owner, group }, now)
      assert.ok(!/[\r\n\0]/.test(line))
      const columns = /^\S+ +\S+ +\S+ +\S+ +1234 Nov 21 05:22 (.*)$/s.exec(line)
      assert.equal(columns?.[1], `${name} -> ${target}`.replace(/[\r\n\0]/g, '?'))
    }),
    { numRuns: 300 },
  )
})
