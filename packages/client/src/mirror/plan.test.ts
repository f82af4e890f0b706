import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkLocalName, foldName } from './names.ts'
import { type PlanRules, type PlanStep, planFolder } from './plan.ts'
import { compileSelection } from './selection.ts'
import type { TreeEntry } from './tree.ts'

const NOON = Date.UTC(2026, 10, 25, 12)

function rules(changes: Partial<PlanRules> = {}, foldsCase = false): PlanRules {
  const names = { platform: 'linux', foldsCase } as const
  return {
    path: '',
    selection: compileSelection([], []),
    compare: 'size-time',
    links: 'skip',
    delete: false,
    fold: name => foldName(name, names),
    check: name => checkLocalName(name, names),
    ...changes,
  }
}

const file = (name: string, size = 1, modified = NOON): TreeEntry => ({
  name,
  kind: 'file',
  size,
  modified,
  precision: 'second',
})
const folder = (name: string): TreeEntry => ({ name, kind: 'folder' })
const link = (name: string, target = 'a'): TreeEntry => ({ name, kind: 'link', target })

/** A step in words: what, whom, why. */
function say(step: PlanStep): string {
  const name = 'source' in step ? step.source.name : step.target.name
  if (step.do === 'fail') return `fail ${name} ${step.error.code}`
  if (step.do === 'protect') return `protect ${name}`
  const missing = step.do === 'enter' && step.missing ? ' missing' : ''
  return `${step.do} ${name} ${step.because.code}${missing}`
}

const cases: readonly {
  readonly name: string
  readonly source: readonly TreeEntry[]
  readonly target?: readonly TreeEntry[]
  readonly rules?: Partial<PlanRules>
  readonly foldsCase?: boolean
  readonly steps: readonly string[]
}[] = [
  { name: 'nothing', source: [], steps: [] },
  {
    name: 'new files and folders',
    source: [file('a'), folder('b')],
    steps: ['transfer a new', 'enter b new missing'],
  },
  {
    name: 'what is there',
    source: [file('a'), file('b', 2), file('c', 1, NOON + 5000), folder('d')],
    target: [file('a'), file('b'), file('c'), folder('d')],
    steps: ['keep a not-newer', 'transfer b size-differs', 'transfer c newer', 'enter d there'],
  },
  {
    name: 'sizes alike that checksums decide about',
    source: [file('a'), file('b', 2)],
    target: [file('a'), file('b')],
    rules: { compare: 'checksum' },
    steps: ['ask a same-size', 'transfer b size-differs'],
  },
  {
    name: 'what only the target has',
    source: [file('a')],
    target: [file('b'), folder('c'), link('d')],
    steps: ['transfer a new', 'delete b extra', 'delete c extra', 'delete d extra'],
  },
  {
    name: 'what the patterns leave alone, on both sides',
    source: [file('a'), file('b.bak'), folder('cache')],
    target: [file('c.bak'), folder('cache'), file('d')],
    rules: { selection: compileSelection([], ['*.bak', 'cache/']) },
    steps: [
      'transfer a new',
      'skip b.bak excluded',
      'skip cache excluded',
      'protect c.bak',
      'delete d extra',
    ],
  },
  {
    name: 'what no pattern includes',
    source: [file('a.txt'), file('b'), folder('c')],
    target: [file('d'), file('e.txt')],
    rules: { selection: compileSelection(['*.txt'], []) },
    steps: [
      'transfer a.txt new',
      'skip b not-included',
      'enter c new missing',
      'protect d',
      'delete e.txt extra',
    ],
  },
  {
    name: 'links that are skipped',
    source: [link('a')],
    target: [file('a')],
    steps: ['skip a link'],
  },
  {
    name: 'links that are made again',
    source: [link('a'), link('b', 'x'), link('c', 'y'), link('d')],
    target: [link('b', 'x'), link('c', 'x'), file('d')],
    rules: { links: 'copy' },
    steps: ['link a link', 'keep b same-target', 'link c link', 'fail d FTP_LOCAL'],
  },
  {
    name: 'links that could not be followed',
    source: [link('a')],
    rules: { links: 'follow' },
    steps: ['skip a dangling'],
  },
  {
    name: 'devices, pipes and what nobody tells the kind of',
    source: [
      { name: 'a', kind: 'other' },
      { name: 'b', kind: 'unknown' },
    ],
    target: [file('a')],
    steps: ['skip a special', 'skip b special'],
  },
  {
    name: 'a file in place of a folder and a folder in place of a file',
    source: [file('a'), folder('b'), file('c')],
    target: [folder('a'), file('b'), link('c')],
    steps: ['fail a FTP_LOCAL', 'fail b FTP_LOCAL', 'fail c FTP_LOCAL'],
  },
  {
    name: 'the same, with delete',
    source: [file('a'), folder('b'), file('c')],
    target: [folder('a'), file('b'), link('c')],
    rules: { delete: true },
    steps: ['replace a kind-differs', 'replace b kind-differs', 'replace c kind-differs'],
  },
  {
    name: 'names that lead elsewhere, while the others go on',
    source: [file('..'), file('/etc/passwd'), file('a/b'), folder('..'), file('good')],
    steps: [
      'fail .. FTP_NAME',
      'fail /etc/passwd FTP_NAME',
      'fail a/b FTP_NAME',
      'fail .. FTP_NAME',
      'transfer good new',
    ],
  },
  {
    name: 'a name that is listed twice',
    source: [file('a'), folder('a'), file('b')],
    steps: ['transfer a new', 'fail a FTP_NAME', 'transfer b new'],
  },
  {
    name: 'names that are one where the target folds case',
    source: [file('README'), file('readme'), file('other')],
    target: [file('ReadMe')],
    foldsCase: true,
    steps: ['keep README not-newer', 'fail readme FTP_NAME', 'transfer other new'],
  },
  {
    name: 'parts of transfers under way',
    source: [file('a', 2), file('.x.portolan-part')],
    target: [file('.a.2s-tp2ljo.portolan-part'), file('.gone.new.portolan-part')],
    steps: [
      'transfer a new',
      'skip .x.portolan-part part',
      'protect .a.2s-tp2ljo.portolan-part',
      'delete .gone.new.portolan-part extra',
    ],
  },
  {
    name: 'names in the target that nobody could be told to remove',
    source: [],
    target: [file('a\nDELE b'), file('..')],
    steps: ['protect a\nDELE b', 'protect ..'],
  },
]

for (const { name, source, target = [], rules: changes, foldsCase, steps } of cases) {
  test(`plans ${name}`, () => {
    assert.deepEqual(planFolder(source, target, rules(changes, foldsCase)).map(say), steps)
  })
}

const entry: fc.Arbitrary<TreeEntry> = fc.record({
  name: fc.constantFrom('a', 'A', 'b', 'c.bak', 'd', '..', '.a.portolan-part', 'e/f'),
  kind: fc.constantFrom('file', 'folder', 'link', 'other', 'unknown'),
  size: fc.integer({ min: 0, max: 2 }),
  modified: fc.constantFrom(NOON, NOON + 1e6),
  precision: fc.constantFrom('second', 'minute'),
})
const anyRules: fc.Arbitrary<PlanRules> = fc
  .record({
    compare: fc.constantFrom('size-time', 'size', 'checksum', 'newer', 'always'),
    links: fc.constantFrom('skip', 'follow', 'copy'),
    delete: fc.boolean(),
    selection: fc.constantFrom(compileSelection([], []), compileSelection(['a'], ['*.bak'])),
    foldsCase: fc.boolean(),
  })
  .map(({ foldsCase, ...changes }) => rules(changes, foldsCase))

test('every entry of the source is in exactly one step, in its order', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), anyRules, (source, target, how) => {
      const steps = planFolder(source, target, how)
      const planned = steps.flatMap(step => ('source' in step ? [step.source] : []))
      assert.deepEqual(planned, source)
    }),
  )
})

test('nothing is removed whose name the source has, and nothing that is left out', () => {
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), anyRules, (source, target, how) => {
      const names = new Set(source.map(({ name }) => how.fold(name)))
      for (const step of planFolder(source, target, how)) {
        if (step.do !== 'delete') continue
        assert.equal(names.has(how.fold(step.target.name)), false)
        assert.equal(how.selection.leftOut(step.target.name, step.target.kind === 'folder'), undefined)
      }
    }),
  )
})

test('no two steps write to one name of the target', () => {
  const writes = new Set(['enter', 'transfer', 'ask', 'link', 'replace', 'keep'])
  fc.assert(
    fc.property(fc.array(entry), fc.array(entry), anyRules, (source, target, how) => {
      const names = planFolder(source, target, how).flatMap(step =>
        writes.has(step.do) && 'source' in step ? [how.fold(step.source.name)] : [],
      )
      assert.equal(new Set(names).size, names.length)
    }),
  )
})

test('what was mirrored is kept the next time', () => {
  fc.assert(
    fc.property(fc.array(entry), anyRules, (source, how) => {
      if (how.compare === 'always' || how.compare === 'checksum') return
      const first = planFolder(source, [], how)
      const target = first.flatMap(step =>
        step.do === 'transfer' || step.do === 'enter' || step.do === 'link' ? [step.source] : [],
      )
      for (const step of planFolder(source, target, how))
        assert.ok(!['transfer', 'link', 'replace', 'delete'].includes(step.do), step.do)
    }),
  )
})
