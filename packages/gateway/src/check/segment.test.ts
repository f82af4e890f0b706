import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Segment, type SegmentInput, segment } from '../model/index.ts'
import { compilePolicy } from '../policy/index.ts'
import { arbitraryConfig } from '../policy/testing-policies.ts'
import { checkSegment, type SegmentContext } from './segment.ts'
import { assertKept, assertRefused, type Expected } from './testing-findings.ts'

const CONTEXT: SegmentContext = {
  segments: [],
  segmentGroups: [{ name: 'sites', enabled: true }],
  serverGroups: [{ name: 'servers', connectorGroups: ['paris'] }],
}
const PASSIVE = [
  { from: 21, to: 21 },
  { from: 50_000, to: 50_100 },
]
const port = (at: number) => ({ from: at, to: at })

/** An FTP segment as ZPA has it, with what is changed. */
const ftp = (more: Partial<SegmentInput> = {}): SegmentInput => ({
  name: 'paris',
  applications: ['10.1.0.9'],
  ports: PASSIVE,
  segmentGroup: 'sites',
  serverGroup: 'servers',
  ...more,
})
const inspected = (more: Partial<SegmentInput> = {}) =>
  ftp({ inspection: 'ftp', applications: ['ftp.corp.example'], ports: [port(21)], ...more })
const other = (more: Partial<SegmentInput> = {}) => ftp({ protocol: 'other', ...more })

const KEPT: readonly [title: string, segment: SegmentInput, warnings?: Expected][] = [
  ['an address, port 21 and a range', ftp()],
  ['an address and all ports', ftp({ ports: [{ from: 1, to: 65_535 }] })],
  ['a network', ftp({ applications: ['10.1.0.0/24', '2001:db8::/64'] })],
  ['a range that begins at the control port', ftp({ ports: [{ from: 20, to: 1_000 }] })],
  [
    'ranges that touch',
    ftp({
      ports: [
        { from: 1, to: 99 },
        { from: 100, to: 200 },
      ],
    }),
  ],
  ['inspected: a name and port 21 alone', inspected()],
  ['inspected: a wildcard', inspected({ applications: ['*.corp.example'] })],
  ['inspected: an inner TLS too', inspected({ doubleEncryption: true })],
  ['inspected: health of the control port', inspected({ healthReporting: 'continuous' })],
  [
    'inspected: a range is a warning',
    inspected({ ports: PASSIVE }),
    { 'ports[1]': /inspection the control port is enough/ },
  ],
  [
    'another protocol: names and one port',
    other({ applications: ['*.corp.example', 'a.example'], ports: [port(443)] }),
  ],
  [
    'another protocol: health of ten ports',
    other({ healthReporting: 'continuous', ports: [{ from: 1, to: 10 }] }),
  ],
  [
    'another protocol: a network on access',
    other({ applications: ['10.0.0.0/8'], healthReporting: 'on-access', ports: [port(22)] }),
  ],
  [
    'the same address twice',
    ftp({ applications: ['10.1.0.9', '::ffff:10.1.0.9'] }),
    { 'applications[1]': /same as applications\[0\]/ },
  ],
  ['every address', ftp({ applications: ['0.0.0.0/0'] }), { 'applications[0]': /is every address/ }],
  [
    'a network that is written by one of its addresses',
    ftp({ applications: ['10.1.0.9/24'] }),
    { 'applications[0]': /whole network.* 24 bits/ },
  ],
]

for (const [title, input, warnings] of KEPT) {
  test(`a segment may be saved: ${title}`, () => assertKept(checkSegment(input, CONTEXT), warnings))
}

const REFUSED: readonly [title: string, segment: unknown, problems: Expected][] = [
  [
    'a name without inspection',
    ftp({ applications: ['10.1.0.9', 'ftp.corp.example'] }),
    { 'applications[1]': /227 reply.*set inspection to ftp/ },
  ],
  [
    'a wildcard without inspection',
    ftp({ applications: ['*.corp.example'] }),
    { 'applications[0]': /is a name/ },
  ],
  [
    'the control port alone without inspection',
    ftp({ ports: [port(21)] }),
    { ports: /all the ports that data connections may use.*1-65535.*set inspection/ },
  ],
  [
    'the control ports of FTP and FTPS alone',
    ftp({ ports: [port(21), port(990)] }),
    { ports: /control port alone/ },
  ],
  [
    'the ports of active mode are none of passive mode',
    ftp({
      ports: [
        { from: 20, to: 21 },
        { from: 989, to: 990 },
      ],
    }),
    { ports: /control port alone/ },
  ],
  ['one port, whichever', ftp({ ports: [port(2_121)] }), { ports: /control port alone/ }],
  [
    'health of FTP without inspection',
    ftp({ healthReporting: 'on-access' }),
    { healthReporting: /must be none for FTP.*consume the transfer/ },
  ],
  [
    'health of an inspected range',
    inspected({ ports: [port(21), { from: 50_000, to: 50_004 }], healthReporting: 'on-access' }),
    { healthReporting: /must be none.*consume the transfer/ },
  ],
  ['inspection of another protocol', other({ inspection: 'ftp' }), { inspection: /must be off/ }],
  [
    'health of a wildcard',
    other({ applications: ['*.corp.example'], ports: [port(22)], healthReporting: 'on-access' }),
    { healthReporting: /none for a wildcard/ },
  ],
  [
    'health of eleven ports',
    other({ ports: [port(22), { from: 1_000, to: 1_009 }], healthReporting: 'on-access' }),
    { healthReporting: /more than 10 ports, and these are 11/ },
  ],
  [
    'continuous health of a network',
    other({ applications: ['10.0.0.0/30'], ports: [port(22)], healthReporting: 'continuous' }),
    { healthReporting: /not be continuous for a network/ },
  ],
  [
    'ports that overlap',
    ftp({ ports: [port(21), { from: 30, to: 60 }, { from: 50, to: 70 }, { from: 60, to: 61 }] }),
    { 'ports[2]': /overlaps the ports 30-60/, 'ports[3]': /overlaps the ports 30-60/ },
  ],
  [
    'groups that are not there',
    ftp({ segmentGroup: 'site', serverGroup: 'x' }),
    { segmentGroup: /site, which is not there; did you mean sites\?/, serverGroup: /known: servers/ },
  ],
  [
    'a range that ends before it begins',
    ftp({ ports: [port(21), { from: 60, to: 50 }] }),
    { 'ports[1].to': /not end before it begins/ },
  ],
  [
    'every mistake of the form at once',
    { name: '/', applications: [], ports: [{ from: 0, to: 'x' }], bypas: 'always', segmentGroup: 'sites' },
    {
      name: /must begin with a letter/,
      applications: /at least one/,
      'ports[0].from': /at least 1/,
      'ports[0].to': /whole number/,
      bypas: /did you mean bypass\?/,
      serverGroup: /is missing/,
    },
  ],
  ['what is no segment at all', 'paris', { '': /must be a section/ }],
  [
    'an unknown kind of bypass',
    ftp({ ...JSON.parse('{"bypass":"sometimes"}') }),
    { bypass: /always, never, on-net or use-client-forwarding-policy/ },
  ],
]

for (const [title, input, problems] of REFUSED) {
  test(`a segment is refused: ${title}`, () => assertRefused(checkSegment(input, CONTEXT), problems))
}

const NO_APPLICATIONS: readonly [written: string, hint: RegExp][] = [
  ['10.1.0.0/33', /bits does not fit/],
  ['ftp://anna@ftp.corp.example:21/x', /write ftp\.corp\.example alone$/],
  ['ftp.corp.example:2121', /write ftp\.corp\.example, and 2121 among the ports$/],
  ['10.1.0.9:21', /write 10\.1\.0\.9, and 21 among/],
  ['[2001:db8::1]:21', /write 2001:db8::1, and 21 among/],
  ['10.1.0.1-10.1.0.9', /as networks$/],
  ['*', /wildcard stands for/],
  ['ftp*.corp.example', /wildcard stands for/],
  ['bücher.example', /write xn--bcher-kva\.example$/],
  ['10.1.0.256', /such as \*\.corp\.example$/],
]

for (const [written, hint] of NO_APPLICATIONS) {
  test(`${written} is no application, and what was meant is told`, () => {
    assertRefused(checkSegment(other({ applications: [written] }), CONTEXT), { 'applications[0]': hint })
  })
}

const among = (...segments: SegmentInput[]): SegmentContext => ({
  ...CONTEXT,
  segments: segments.map(one => segment.parse(one)),
})

test('a segment that shares an address and a port with another is refused, and the other is named', () => {
  const before = ftp({
    name: 'lyon',
    applications: ['::ffff:10.1.0.9'],
    ports: [{ from: 50_100, to: 50_200 }],
  })
  assertRefused(checkSegment(ftp(), among(before)), {
    'applications[0]': /in the segment lyon already with ports 50100:/,
  })
  const names = among(inspected({ name: 'lyon', applications: ['FTP.corp.example.'] }))
  assertRefused(checkSegment(inspected(), names), { 'applications[0]': /segment lyon already with ports 21/ })
})

test('segments may share an address when their ports are others', () => {
  assertKept(
    checkSegment(
      ftp(),
      among(
        ftp({
          name: 'lyon',
          ports: [
            { from: 1, to: 20 },
            { from: 60_000, to: 60_001 },
          ],
        }),
      ),
    ),
  )
})

test('a segment does not overlap with itself as it was before', () => {
  assertKept(checkSegment(ftp(), among(ftp())))
})

test('a part of a wider segment may be saved, with a warning that its rules are its own', () => {
  const wider = ftp({ name: 'site', applications: ['10.0.0.0/8'] })
  const warning = {
    'applications[0]':
      /part of the segment site: 10\.1\.0\.9 belongs to this segment alone, and rules for site do not cover it/,
  }
  assertKept(checkSegment(ftp({ applications: ['10.1.0.9', '10.1.0.10'] }), among(wider)), warning)
  assertKept(
    checkSegment(inspected(), among(inspected({ name: 'site', applications: ['*.corp.example'] }))),
    {
      'applications[0]': /part of the segment site/,
    },
  )
  assertKept(checkSegment(wider, among(ftp())))
})

test('a stored segment that cannot be read is in nobody’s way', () => {
  assertKept(checkSegment(ftp(), among(ftp({ name: 'old', applications: ['10.1.0.9/99'] }))))
})

test('segments that were kept one after the other never share an address and a port', () => {
  fc.assert(
    fc.property(arbitraryConfig, config => {
      const context = {
        ...config,
        segmentGroups: ['g0', 'g1', 'g2', 'g3'].map(name => ({ name, enabled: true })),
      }
      const kept: Segment[] = []
      for (const one of config.segments) {
        const checked = checkSegment(one, { ...context, segments: kept })
        if ('value' in checked) kept.push(checked.value)
      }
      const policy = (segments: readonly Segment[]) => compilePolicy({ ...config, segments })
      const who = { user: 'alice', groups: [], clientAddress: '', deviceLabels: [] }
      // Their order would decide about a port that two have.
      for (const host of ['10.0.0.1', '10.9.9.9', '2001:db8::1', 'ftp.corp.example', 'a.b.example']) {
        for (const at of [20, 21, 990, 50_000]) {
          const [one, two] = [kept, kept.toReversed()].map(all =>
            policy(all).decide(who, { host, port: at }, 0),
          )
          if (one?.status?.code === 'POL_WRONG_PORT') continue
          assert.equal(one?.segment, two?.segment)
        }
      }
    }),
  )
})
