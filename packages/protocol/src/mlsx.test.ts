import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type FactSource,
  formatMlstFeature,
  formatMlsx,
  formatOptsMlstReply,
  MLSX_FACTS,
  parseMlsxLine,
  parseOptsMlst,
} from './mlsx.ts'

const all = new Set<string>(MLSX_FACTS)
const file: FactSource = {
  type: 'file',
  size: 25_730,
  modify: Date.UTC(1994, 6, 28, 9, 58, 54),
  create: 0,
  perm: 'adfrw',
  unique: '801g4b',
  'UNIX.mode': 0o100644,
  'UNIX.owner': 'anna',
  'UNIX.group': 'staff',
}

const lines: {
  name: string
  facts: FactSource
  selected: ReadonlySet<string>
  file: string
  line: string
}[] = [
  {
    name: 'every fact, in the order of FEAT',
    facts: file,
    selected: all,
    file: 'a b',
    line: 'type=file;size=25730;modify=19940728095854;create=19700101000000;perm=adfrw;unique=801g4b;UNIX.mode=0644;UNIX.owner=anna;UNIX.group=staff; a b',
  },
  {
    name: 'only the facts selected',
    facts: file,
    selected: new Set(['size', 'type']),
    file: 'a',
    line: 'type=file;size=25730; a',
  },
  { name: 'no facts at all: the space stays', facts: file, selected: new Set(), file: 'a', line: ' a' },
  {
    name: 'facts that are unknown are left out',
    facts: { type: 'dir' },
    selected: all,
    file: 'a',
    line: 'type=dir; a',
  },
  {
    name: 'zero is a value',
    facts: { size: 0, 'UNIX.mode': 0 },
    selected: all,
    file: 'a',
    line: 'size=0;UNIX.mode=00; a',
  },
  {
    name: 'a link with its target',
    facts: { type: 'OS.unix=slink:/a' },
    selected: all,
    file: 'a',
    line: 'type=OS.unix=slink:/a; a',
  },
  {
    name: 'a target that a fact cannot hold is left out',
    facts: { type: 'OS.unix=slink:/a b;c' },
    selected: all,
    file: 'a',
    line: 'type=OS.unix=slink; a',
  },
  {
    name: 'blanks and semicolons of an owner',
    facts: { 'UNIX.owner': 'a b;size=9', 'UNIX.group': 'x\r\ny' },
    selected: all,
    file: 'a',
    line: 'UNIX.owner=a_b_size=9;UNIX.group=x__y; a',
  },
  {
    name: 'line breaks of a name',
    facts: { type: 'file' },
    selected: all,
    file: 'a\r\ntype=file; b\0',
    line: 'type=file; a??type=file; b?',
  },
]

for (const { name, facts, selected, file, line } of lines) {
  test(`formatMlsx: ${name}`, () => assert.equal(formatMlsx(facts, file, selected), line))
}

const parsed: { line: string; facts: [string, string][]; name: string }[] = [
  {
    line: 'Type=file;Size=3; a  b',
    facts: [
      ['type', 'file'],
      ['size', '3'],
    ],
    name: 'a  b',
  },
  { line: ' type=file; a', facts: [['type', 'file']], name: 'a' },
  { line: ' a', facts: [], name: 'a' },
  { line: 'type=OS.unix=slink:/x; a', facts: [['type', 'OS.unix=slink:/x']], name: 'a' },
  {
    line: 'type=file;size=; a',
    facts: [
      ['type', 'file'],
      ['size', ''],
    ],
    name: 'a',
  },
  {
    line: 'type=file;size=3 a',
    facts: [
      ['type', 'file'],
      ['size', '3'],
    ],
    name: 'a',
  },
]

for (const { line, facts, name } of parsed) {
  test(`parseMlsxLine: ${JSON.stringify(line)}`, () => {
    const read = parseMlsxLine(line)
    assert.deepEqual([...read.facts], facts)
    assert.equal(read.name, name)
  })
}

for (const line of ['', 'type=file;', 'drwxr-xr-x 1 a a 1 Jan 1 1970 x', '=x; a']) {
  test(`parseMlsxLine refuses ${JSON.stringify(line)}`, () => {
    assert.throws(() => parseMlsxLine(line), { code: 'PROTOCOL_BAD_REPLY' })
  })
}

test('every entry survives, and is one line, whatever its name, owner and type hold', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(' ', ';', '=', '\r', '\n', '\0', '\t', '\udcff'),
      fc.string({ unit: 'binary', maxLength: 1 }),
    ),
  })
  fc.assert(
    fc.property(text, text, text, fc.nat(), (name, owner, target, size) => {
      const facts = { type: `OS.unix=slink:${target}`, size, 'UNIX.owner': owner }
      const line = formatMlsx(facts, name, all)
      assert.ok(!/[\r\n\0]/.test(line))
      const read = parseMlsxLine(line)
      assert.equal(read.name, name.replace(/[\r\n\0]/g, '?'))
      assert.deepEqual([...read.facts.keys()], ['type', 'size', 'unix.owner'])
      assert.equal(read.facts.get('size'), String(size))
      assert.deepEqual(parseMlsxLine(` ${line}`), read)
    }),
    { numRuns: 500 },
  )
})

test('FEAT marks the facts that are selected (RFC 3659 section 7.8)', () => {
  assert.equal(
    formatMlstFeature(new Set(['type', 'UNIX.mode'])),
    'MLST type*;size;modify;create;perm;unique;UNIX.mode*;UNIX.owner;UNIX.group;',
  )
})

const opts: { argument: string; facts: string[]; text: string }[] = [
  { argument: 'Type;UNIX.mode;', facts: ['type', 'UNIX.mode'], text: 'MLST OPTS type;UNIX.mode;' },
  { argument: 'unix.MODE;type', facts: ['type', 'UNIX.mode'], text: 'MLST OPTS type;UNIX.mode;' },
  { argument: 'nosuch;size;size;', facts: ['size'], text: 'MLST OPTS size;' },
  { argument: '', facts: [], text: 'MLST OPTS' },
  { argument: 'X'.repeat(9), facts: [], text: 'MLST OPTS' },
]

for (const { argument, facts, text } of opts) {
  test(`OPTS MLST ${argument || 'without facts'}`, () => {
    assert.deepEqual(parseOptsMlst(argument), facts)
    assert.equal(formatOptsMlstReply(new Set(parseOptsMlst(argument))), text)
  })
}
