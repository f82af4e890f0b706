import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatListLine, type ListEntry } from '../list-line.ts'
import { formatMlsx, MLSX_FACTS } from '../mlsx.ts'
import { encodeName } from '../names.ts'
import { formatTimeVal } from '../time-val.ts'
import { ListCollector, MlsdCollector } from './collector.ts'
import type { Listing, RemoteEntry } from './entry.ts'
import { parseListing, parseMlsd } from './parse.ts'
import { listSamples } from './samples/index.ts'
import { SAMPLE_NOW as now } from './samples/sample.ts'

const DAY = 86_400_000

function namesOf(listing: Listing): string[] {
  return listing.entries.map(({ name }) => name)
}

const FILE = '-rw-r--r--   1 anna     staff        1234 Nov 21 05:22 name'
const DOS_FILE = '11-21-26  05:22AM                 1234 other'

const texts: { name: string; text: string | string[]; names: string[]; unparsed?: string[] }[] = [
  { name: 'nothing', text: '', names: [] },
  { name: 'no lines', text: [], names: [] },
  { name: 'lines that end with CRLF', text: `${FILE}\r\n${DOS_FILE}\r\n`, names: ['name', 'other'] },
  { name: 'lines that end with LF', text: `${FILE}\n${DOS_FILE}\n`, names: ['name', 'other'] },
  { name: 'lines that end with CR CR LF', text: `${FILE}\r\r\n${DOS_FILE}\r\r\n`, names: ['name', 'other'] },
  { name: 'a last line without its end', text: `${FILE}\n${DOS_FILE}`, names: ['name', 'other'] },
  { name: 'lines without ends', text: [FILE, DOS_FILE], names: ['name', 'other'] },
  { name: 'blank lines', text: `\r\n${FILE}\r\n  \t\r\n\0\r\n`, names: ['name'] },
  {
    name: 'total and the folder itself',
    text: 'total 8\r\ndrwxr-xr-x 2 a b 0 Nov 21 05:22 .\r\n',
    names: [],
  },
  {
    name: 'a line that nobody understands, among others',
    text: `${FILE}\r\nsomething else\r\n${DOS_FILE}\r\n`,
    names: ['name', 'other'],
    unparsed: ['something else'],
  },
  {
    name: 'a wrapped VMS name that ends the listing',
    text: 'A.TXT;1  2  21-NOV-2026 05:22\r\nALONE.TXT;1\r\n',
    names: ['A.TXT;1'],
    unparsed: ['ALONE.TXT;1'],
  },
  {
    name: 'a wrapped VMS name before a line that does not belong to it',
    text: 'ALONE.TXT;1\r\nA.TXT;1  2  21-NOV-2026 05:22\r\n',
    names: ['A.TXT;1'],
    unparsed: ['ALONE.TXT;1'],
  },
  {
    name: 'two wrapped VMS names, one after another',
    text: 'ALONE.TXT;1\r\nA.TXT;1\r\n  2  21-NOV-2026 05:22\r\n',
    names: ['A.TXT;1'],
    unparsed: ['ALONE.TXT;1'],
  },
  {
    name: 'a wrapped VMS name whose attributes are an error',
    text: 'ALONE.TXT;1\r\n          %RMS-E-PRV, insufficient privilege\r\n',
    names: [],
    unparsed: ['ALONE.TXT;1', '          %RMS-E-PRV, insufficient privilege'],
  },
  {
    name: 'a wrapped VMS name before a line that is too long',
    text: `ALONE.TXT;1\r\n${'x'.repeat(8193)}\r\n`,
    names: [],
    unparsed: ['ALONE.TXT;1', '(a line of more than 8192 bytes)'],
  },
  {
    name: 'the longest line, and one that is longer',
    text: [FILE + 'x'.repeat(8192 - FILE.length), FILE + 'x'.repeat(8193 - FILE.length)],
    names: [`name${'x'.repeat(8192 - FILE.length)}`],
    unparsed: ['(a line of more than 8192 bytes)'],
  },
  {
    name: 'a line that is too long in bytes alone',
    text: FILE + '日'.repeat(2800),
    names: [],
    unparsed: ['(a line of more than 8192 bytes)'],
  },
  {
    name: 'spool files of two jobs',
    text: [
      'ANNA1    JOB01234 ANNA     OUTPUT A        RC=0000 1 spool files',
      '         001 JESE              H JESMSGLG       816',
      'ANNA1    JOB01235 ANNA     OUTPUT A        RC=0000 1 spool files',
      '         001 JESE              H JESMSGLG       816',
    ],
    names: ['JOB01234', 'JOB01234.1', 'JOB01235', 'JOB01235.1'],
  },
  {
    name: 'members after data sets',
    text: [
      'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
      'Migrated                                                ANNA.OLD',
      ' Name     VV.MM   Created       Changed      Size  Init   Mod   Id',
      'MEMBER',
      'Migrated                                                ANNA.OLD',
    ],
    names: ['ANNA.OLD', 'MEMBER'],
    unparsed: ['Migrated                                                ANNA.OLD'],
  },
]

for (const { name, text, names, unparsed = [] } of texts) {
  test(`parseListing: ${name}`, () => {
    const listing = parseListing(text, { now })
    assert.deepEqual(namesOf(listing), names)
    assert.deepEqual(listing.unparsed, unparsed)
  })
}

test('the dialect of a listing is that of most entries', () => {
  assert.equal(parseListing([FILE, DOS_FILE, DOS_FILE], { now }).dialect, 'dos')
  assert.equal(parseListing([FILE, FILE, DOS_FILE], { now }).dialect, 'unix')
  assert.equal(parseListing(['total 0', 'x'], { now, dialect: 'dos' }).dialect, undefined)
  assert.equal(parseMlsd('type=file; a').dialect, 'mlsd')
  assert.equal(parseMlsd('garbage').dialect, undefined)
})

const votes: { name: string; dates: string[]; first: string }[] = [
  {
    name: 'month first where nothing speaks against it',
    dates: ['04-05-26', '06-07-26'],
    first: '2026-04-05',
  },
  {
    name: 'day first, as a later line proves',
    dates: ['04-05-26', '21-05-26', '22-05-26'],
    first: '2026-05-04',
  },
  {
    name: 'year first, as a later line proves',
    dates: ['24-05-06', '24-05-31', '24-06-30'],
    first: '2024-05-06',
  },
  {
    name: 'month first, although one line is odd',
    dates: ['04-05-26', '21-05-26', '05-21-26', '06-30-26'],
    first: '2026-04-05',
  },
  {
    name: 'day first, for the month first would be in the future',
    dates: ['04-10-26', '12-08-26'],
    first: '2026-10-04',
  },
  {
    name: 'four digits of the year settle their own line alone',
    dates: ['04-05-26', '2026-05-21'],
    first: '2026-04-05',
  },
]

for (const { name, dates, first } of votes) {
  test(`the order of dates is voted for: ${name}`, () => {
    const lines = dates.map(date => `${date}  05:22AM                 1234 name`)
    const { entries, unparsed } = parseListing(lines, { now })
    assert.equal(entries.length, dates.length)
    assert.deepEqual(unparsed, [])
    assert.equal(entries[0]?.modified, Date.parse(`${first}T05:22Z`))
  })
}

test('a vote changes nothing but the dates it is about', () => {
  const lines = [
    'ANNA1    JOB01234 ANNA     OUTPUT A        RC=0000 1 spool files',
    '         001 JESE              H JESMSGLG       816',
    'ANNA1    JOB01235 ANNA     OUTPUT A        RC=0000 1 spool files',
    '21-05-26  05:22AM                 1234 a',
    '04-05-26  05:22AM                 1234 b',
  ]
  const { entries } = parseListing(lines, { now })
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['JOB01234', 'JOB01234.1', 'JOB01235', 'a', 'b'],
  )
  assert.equal(entries[4]?.modified, Date.parse('2026-05-04T05:22Z'))
})

const years: { name: string; at: string; date: string; modified: string; zoneMinutes?: number }[] = [
  {
    name: 'on New Year in a zone ahead',
    at: '2026-12-31T23:30Z',
    date: 'Jan  1 00:15',
    modified: '2027-01-01T00:15Z',
  },
  {
    name: 'on New Year, told in its zone',
    at: '2026-12-30T23:30Z',
    date: 'Jan  1 09:00',
    modified: '2026-12-31T23:00Z',
    zoneMinutes: 600,
  },
  { name: 'after New Year', at: '2027-01-01T00:15Z', date: 'Dec 31 23:59', modified: '2026-12-31T23:59Z' },
  { name: 'in a leap year', at: '2028-02-29T12:00Z', date: 'Feb 29 11:00', modified: '2028-02-29T11:00Z' },
  {
    name: 'before the leap day',
    at: '2028-02-27T12:00Z',
    date: 'Feb 29 11:00',
    modified: '2024-02-29T11:00Z',
  },
  {
    name: 'across a century without leap day',
    at: '2103-06-01T12:00Z',
    date: 'Feb 29 11:00',
    modified: '2096-02-29T11:00Z',
  },
]

for (const { name, at, date, modified, zoneMinutes = 0 } of years) {
  test(`the year of a date without one: ${name}`, () => {
    const line = `-rw-r--r-- 1 a b 1 ${date} name`
    const listing = parseListing(line, { now: Date.parse(at), zoneMinutes })
    assert.equal(listing.entries[0]?.modified, Date.parse(modified))
  })
}

test('without a time of its own, a listing has no years to guess, and without a zone it is UTC', () => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300]) {
    const [entry] = parseListing(FILE, { now: odd }).entries
    assert.equal(entry?.name, 'name')
    assert.equal(entry?.modified, undefined)
    assert.equal(
      parseListing(FILE, { now, zoneMinutes: odd === 1e300 ? 0 : odd }).entries[0]?.modified,
      Date.UTC(2026, 10, 21, 5, 22),
    )
  }
})

const character = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(' ', '-', '>', '.', '/', ';', '\t', '\0', '\udcff', '\ud800', '1'),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 1 }) },
)
const anyText = fc.string({ unit: character, maxLength: 30 })
const plainName = anyText
  .map(text => text.replace(/[\r\n\0]/g, '?'))
  .filter(text => text !== '' && text !== '.' && text !== '..')

test('what formatListLine writes is read back: name, kind, size, mode, owner, group, target and time', () => {
  const entry = fc.record({
    name: plainName.filter(name => !name.endsWith('/') && name !== './' && name !== '../'),
    kind: fc.constantFrom('file' as const, 'folder' as const, 'link' as const),
    size: fc.maxSafeNat(),
    modified: fc.integer({ min: -30_000 * DAY, max: now + DAY / 24 }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    owner: anyText,
    group: anyText,
    links: fc.nat(99_999),
    target: anyText.map(text => text.replace(/[\r\n\0]/g, '?')),
  })
  fc.assert(
    fc.property(entry, told => {
      // The size of a link tells where its target begins.
      const size = told.kind === 'link' ? encodeName(told.target).length : told.size
      const written: ListEntry = { ...told, size }
      const line = formatListLine(written, now)
      const { entries, unparsed } = parseListing([line], { now })
      assert.deepEqual(unparsed, [])
      const [read] = entries
      assert.equal(read?.name, told.name)
      assert.equal(read.kind, told.kind)
      assert.equal(read.size, size)
      assert.equal(read.mode, told.mode)
      assert.equal(read.owner, told.owner.replace(/[\s\0]/g, '_') || '-')
      assert.equal(read.group, told.group.replace(/[\s\0]/g, '_') || '-')
      assert.equal(read.target, told.kind === 'link' ? told.target : undefined)
      const unit = read.precision === 'day' ? DAY : 60_000
      assert.equal(read.modified, Math.floor(told.modified / unit) * unit)
    }),
    { numRuns: 1000 },
  )
})

test('what formatMlsx writes is read back', () => {
  const all = new Set<string>(MLSX_FACTS)
  const word = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '=', ':', '/', '-', 'é', '\udcff'),
    minLength: 1,
    maxLength: 12,
  })
  const facts = fc.record({
    kind: fc.constantFrom('file' as const, 'folder' as const, 'link' as const, 'other' as const),
    size: fc.maxSafeNat(),
    modified: fc.integer({ min: -30_000 * DAY, max: 30_000 * DAY }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    name: plainName,
    owner: word,
    group: word,
    target: word,
    unique: word,
  })
  const types = { file: 'file', folder: 'dir', other: 'OS.unix=chr' }
  fc.assert(
    fc.property(facts, ({ kind, size, modified, mode, name, owner, group, target, unique }) => {
      const type = kind === 'link' ? `OS.unix=slink:${target}` : types[kind]
      const unix = { 'UNIX.mode': mode, 'UNIX.owner': owner, 'UNIX.group': group }
      const line = formatMlsx({ type, size, modify: modified, perm: 'adfr', unique, ...unix }, name, all)
      const expected: RemoteEntry = {
        name,
        kind,
        size,
        modified: Math.floor(modified / 1000) * 1000,
        precision: 'second',
        mode,
        owner,
        group,
        ...(kind === 'link' && { target }),
        unique,
        perm: 'adfr',
        raw: line,
      }
      assert.deepEqual(parseMlsd(line), { entries: [expected], unparsed: [], dialect: 'mlsd' })
      assert.equal(formatTimeVal(modified), formatTimeVal(expected.modified ?? 0))
    }),
    { numRuns: 500 },
  )
})

/** Lines of every dialect, whole, cut, run together, and with something else in them. */
const sampleLines = listSamples.flatMap(({ heading = [], samples }) => [
  ...heading,
  ...samples.flatMap(({ line }) => line.split('\n')),
])
const piece = fc.oneof(
  fc.constantFrom(...sampleLines.flatMap(line => line.split(/(?<= )/))),
  fc.constantFrom(
    '9'.repeat(400),
    ' '.repeat(50),
    '\t',
    '-',
    '-> ',
    ';1',
    '<DIR>',
    '*FILE',
    '\r',
    '\0',
    '\ufeff',
    '[',
    ']',
  ),
)
const mangled = fc.oneof(
  fc.constantFrom(...sampleLines),
  fc.array(piece, { maxLength: 14 }).map(pieces => pieces.join('')),
  fc
    .tuple(fc.constantFrom(...sampleLines), fc.nat(80), fc.nat(80))
    .map(([line, from, to]) => line.slice(0, from) + line.slice(to)),
)

function account(lines: readonly string[], collector: ListCollector | MlsdCollector): void {
  for (const line of lines) collector.add(line)
  const { entries, unparsed } = collector.end()
  const told = entries.flatMap(({ raw }) => raw.split('\n'))
  assert.equal(told.length + unparsed.length + collector.ignored, lines.length)
  const left = [...told, ...unparsed]
  const given = lines.map(line => line.replace(/\r+$/, ''))
  for (const line of left) {
    const at = given.indexOf(line)
    assert.ok(at >= 0, `${JSON.stringify(line)} was never sent`)
    given.splice(at, 1)
  }
  for (const entry of entries) checkEntry(entry)
}

/** What every entry promises, whatever the server sent. */
function checkEntry(entry: RemoteEntry): void {
  assert.ok(entry.name !== '' && entry.name !== '.' && entry.name !== '..')
  assert.ok(entry.size === undefined || (Number.isSafeInteger(entry.size) && entry.size >= 0))
  assert.ok(entry.modified === undefined || Number.isSafeInteger(entry.modified))
  assert.equal(entry.precision === undefined, entry.modified === undefined)
  assert.ok(entry.mode === undefined || (entry.mode >= 0 && entry.mode <= 0o7777))
}

test('every line is an entry, unparsed or a known heading, and nothing is thrown', () => {
  const zone = fc.integer({ min: -900, max: 900 })
  fc.assert(
    fc.property(fc.array(mangled, { maxLength: 12 }), zone, (lines, zoneMinutes) => {
      account(lines, new ListCollector({ now, zoneMinutes }))
      account(lines, new MlsdCollector())
    }),
    { numRuns: 1000 },
  )
})

test('a line of hostile repetition is read at once, whatever is repeated', () => {
  const heads = [
    '',
    '-rw-r--r-- 1 a b 1 Nov 21 05:22 ',
    '11-21-26 05:22AM <DIR> ',
    'A;1 ',
    '+',
    'd [R] ',
    '1 ',
    'Volume Unit ',
    '[',
  ]
  const units = [
    'a',
    '1',
    ' ',
    '- ',
    '; ',
    ',',
    '=;',
    'type=',
    ' -> ',
    '1-',
    '*A ',
    '(x)',
    '\t',
    'size=1;',
    '[a,',
    ' 1 spool files',
  ]
  for (const head of heads) {
    for (const unit of units) {
      const line = (head + unit.repeat(8192)).slice(0, 8192)
      account([line, line], new ListCollector({ now }))
      account([line, line], new MlsdCollector())
    }
  }
})
