import fc from 'fast-check'
import type {
  AccessRule,
  Conditions,
  ForwardingRule,
  Segment,
  SegmentGroup,
  TimeWindow,
} from '../model/index.ts'
import type { AccessConfig, Requester, Target } from './types.ts'

/*
 * Random configurations and requests, drawn from so few names, addresses and ports that they meet often: wider and narrower networks,
 * names and wildcards around them, the same address in several forms, and times around changes of the clock.
 */

const NETWORKS = [
  '10.0.0.1',
  '10.0.0.2/32',
  '10.0.0.0/30',
  '10.0.0.0/24',
  '10.0.0.77/24',
  '10.0.0.0/8',
  '0.0.0.0/0',
  '::ffff:10.0.0.1',
  '::ffff:10.0.0.0/120',
  '::ffff:0:0/80',
  '2001:db8::1',
  '2001:DB8:0:0::/64',
  '2001:db8::/32',
  '[2001:db8::2]',
  '::/0',
]
const NAMES = [
  'ftp.corp.example',
  'FTP.Corp.Example.',
  'corp.example',
  'a.ftp.corp.example',
  '*.corp.example',
  '*.ftp.corp.example',
  '*.Example.',
]
const HOSTS = [
  '10.0.0.1',
  '10.0.0.2',
  '10.0.0.9',
  '10.9.9.9',
  '192.0.2.1',
  '::ffff:10.0.0.1',
  '::FFFF:0a00:0002',
  '2001:db8::1',
  '[2001:db8:0::1]',
  '2001:db8::2',
  '2001:db8:9::9',
  'fe80::1',
  'ftp.corp.example',
  'FTP.CORP.EXAMPLE.',
  'corp.example',
  'a.ftp.corp.example',
  'b.a.ftp.corp.example',
  'notcorp.example',
  '.corp.example',
  'example',
  '10.0.0.01',
  '167772161',
]
const RANGES = [
  { from: 21, to: 21 },
  { from: 20, to: 22 },
  { from: 990, to: 990 },
  { from: 50_000, to: 50_100 },
  { from: 1, to: 65_535 },
]
const PORTS = [21, 20, 22, 990, 50_000, 50_100, 50_101, 1, 65_535]
const SEGMENTS = ['s0', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11']
const GROUPS = ['g0', 'g1', 'g2', 'g3']
const USERS = ['alice', 'bob', 'carol', 'al', 'a.b']
const USER_GLOBS = ['alice', 'bob', 'al*', '*', '?ob', 'a?b', '*l*e', 'bob, carol', 'nobody']
const USER_GROUPS = ['finance', 'ops', 'partners']
const LABELS = ['managed', 'lab']
const CLIENT_NETWORKS = [
  '192.0.2.0/24',
  '192.0.2.7',
  '10.0.0.0/8',
  '2001:db8:1::/48',
  'fe80::/10',
  '::/0',
  '0.0.0.0/0',
]
const CLIENTS = ['192.0.2.7', '192.0.2.8', '10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::5', 'fe80::7%eth0', '']
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** Changes of the clock in those zones, and a Samoan Friday that was left out. */
const CLOCK_CHANGES = [
  Date.UTC(2026, 2, 29, 1),
  Date.UTC(2026, 9, 25, 1),
  Date.UTC(2026, 2, 8, 7),
  Date.UTC(2026, 10, 1, 6),
  Date.UTC(2026, 3, 4, 15),
  Date.UTC(2026, 9, 3, 15, 30),
  Date.UTC(2011, 11, 30, 10),
]

const some = <T>(values: readonly T[], most = 3) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most })

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 0, 15, 30, 59))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)

/** A time window in one of a few zones, over midnight and around changes of the clock too. */
export const arbitraryWindow: fc.Arbitrary<TimeWindow> = fc.record({
  days: some(DAYS, 7),
  from: clock,
  to: fc.oneof({ weight: 5, arbitrary: clock }, fc.constant('24:00')),
  timeZone: fc.constantFrom(...ZONES),
})

/** A moment in whole minutes, often within hours of a change of the clock. */
export const arbitraryNow: fc.Arbitrary<number> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...CLOCK_CHANGES), fc.integer({ min: -3_000, max: 3_000 }))
    .map(([at, minutes]) => at + minutes * 60_000),
  fc.integer({ min: 0, max: 525_600 }).map(minute => Date.UTC(2026, 0, 1) + minute * 60_000),
)

const conditions: fc.Arbitrary<Conditions> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        users: some(USER_GLOBS),
        groups: some(USER_GROUPS),
        segments: some([...SEGMENTS, 'gone'], 5),
        segmentGroups: some(GROUPS),
        clientNetworks: some(CLIENT_NETWORKS),
        deviceLabels: some(LABELS),
        times: fc.array(arbitraryWindow, { minLength: 1, maxLength: 2 }),
      },
      { requiredKeys: [] },
    ),
  },
)

const mostly = fc.oneof({ weight: 6, arbitrary: fc.constant(true) }, fc.constant(false))

const segmentNamed = (name: string): fc.Arbitrary<Segment> =>
  fc.record({
    name: fc.constant(name),
    enabled: mostly,
    applications: some([...NETWORKS, ...NAMES]),
    ports: some(RANGES, 2),
    bypass: fc.constantFrom(
      'use-client-forwarding-policy',
      'use-client-forwarding-policy',
      'always',
      'never',
      'on-net',
    ),
    healthReporting: fc.constant('none'),
    doubleEncryption: fc.boolean(),
    protocol: fc.constant('other'),
    inspection: fc.constant('off'),
    segmentGroup: fc.constantFrom(...GROUPS),
    serverGroup: fc.constant('servers'),
  })

const segmentGroups: fc.Arbitrary<SegmentGroup[]> = fc
  .tuple(fc.subarray(GROUPS, { minLength: 3 }), fc.array(mostly, { minLength: 4, maxLength: 4 }))
  .map(([names, states]) => names.map((name, index) => ({ name, enabled: states[index] ?? true })))

/** So many rules that some are beyond the first word of a set of bits. */
const rules = <R>(rule: (name: string) => fc.Arbitrary<R>): fc.Arbitrary<R[]> =>
  fc
    .oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 8 }) },
      { weight: 1, arbitrary: fc.integer({ min: 30, max: 70 }) },
    )
    .chain(count => fc.tuple(...Array.from({ length: count }, (_, index) => rule(`rule ${index + 1}`))))

const forwardingRule = (name: string): fc.Arbitrary<ForwardingRule> =>
  fc.record({
    name: fc.constant(name),
    enabled: mostly,
    when: conditions,
    action: fc.constantFrom('forward', 'bypass', 'forward-allowed'),
  })

const accessRule = (name: string): fc.Arbitrary<AccessRule> =>
  fc.record(
    {
      name: fc.constant(name),
      enabled: mostly,
      when: conditions,
      action: fc.constantFrom('allow', 'deny'),
      message: fc.constant('Ask the service desk.'),
    },
    { requiredKeys: ['name', 'enabled', 'when', 'action'] },
  )

/**
 * A configuration of a few segments and rules that can be decided from. Segments may overlap, and rules and segments may name what is
 * not there: that is more than what can be saved.
 */
export const arbitraryConfig: fc.Arbitrary<AccessConfig> = fc.record({
  version: fc.nat(),
  segments: fc
    .integer({ min: 0, max: SEGMENTS.length })
    .chain(count => fc.tuple(...SEGMENTS.slice(0, count).map(segmentNamed))),
  segmentGroups,
  serverGroups: fc.constant([{ name: 'servers', connectorGroups: ['connectors'] }]),
  connectorGroups: fc.constant([{ name: 'connectors', enabled: true, weight: 100, maxStreams: 1_000 }]),
  forwarding: fc.record({ rules: rules(forwardingRule) }),
  access: fc.record({ rules: rules(accessRule) }),
  publications: fc.constant([]),
  trustedNetworks: fc.subarray(CLIENT_NETWORKS, { maxLength: 2 }),
})

export const arbitraryRequester: fc.Arbitrary<Requester> = fc.record({
  user: fc.constantFrom(...USERS),
  groups: fc.subarray(USER_GROUPS),
  clientAddress: fc.constantFrom(...CLIENTS),
  deviceLabels: fc.subarray(LABELS),
})

export const arbitraryTarget: fc.Arbitrary<Target> = fc.record({
  host: fc.constantFrom(...HOSTS),
  port: fc.constantFrom(...PORTS),
})
