import {
  type AccessConfig,
  type Conditions,
  compilePolicy,
  type Requester,
  type Segment,
  type Target,
} from '@portolan/gateway'
import { type ConsoleFigure, quantile } from '../console/figure.ts'

/** Segments, and rules of each of the two policies. */
const MANY = 10_000
const USERS = 2_000
const REQUESTS = 100_000
const TARGET_US = 50
const START = Date.UTC(2026, 10, 2, 9)

type Kind = 'mixed' | 'hardest'

/** How long a decision takes among ten thousand segments and ten thousand rules of each policy. */
export function measurePolicy(): readonly ConsoleFigure[] {
  return (['mixed', 'hardest'] as const).map(measure)
}

function measure(kind: Kind): ConsoleFigure {
  const config = configOf(kind)
  const compiling = performance.now()
  const policy = compilePolicy(config)
  const compiled = performance.now() - compiling
  const requests = Array.from({ length: REQUESTS }, (_, index) => ({
    who: requester(scatter(index, USERS)),
    target: target(scatter(index * 7, MANY)),
    // An edge that decides 200 times a second: windows begin and end meanwhile.
    now: START + index * 5,
  }))
  const times: number[] = []
  const actions = new Map<string, number>()
  const begin = performance.now()
  let last = begin
  for (const { who, target: asked, now } of requests) {
    const { action } = policy.decide(who, asked, now)
    actions.set(action, (actions.get(action) ?? 0) + 1)
    const at = performance.now()
    times.push((at - last) * 1_000)
    last = at
  }
  const value = ((last - begin) * 1_000) / REQUESTS
  const share = (action: string) => Math.round(((actions.get(action) ?? 0) * 100) / REQUESTS)
  return {
    part: 'policy',
    name: `${kind === 'mixed' ? 'a decision' : 'a decision, all rules with wildcards, networks and times, and none fits'}, ${MANY} segments and rules, the average of ${REQUESTS}`,
    unit: 'µs',
    value,
    target: TARGET_US,
    more: {
      median: quantile(times, 0.5),
      '99 %': quantile(times, 0.99),
      'made ready in ms': compiled,
      'allowed %': share('allow'),
      'bypassed %': share('bypass'),
    },
  }
}

/** The same numbers in each run, well apart. */
const scatter = (index: number, below: number) => (index * 2_654_435_761) % below

function configOf(kind: Kind): AccessConfig {
  const rules = <Action extends string>(actions: readonly [Action, ...Action[]]) =>
    Array.from({ length: MANY }, (_, index) => ({
      name: `rule ${index}`,
      enabled: true,
      when: kind === 'mixed' ? mixed(index) : hardest(index),
      action: actions[index % actions.length] ?? actions[0],
    }))
  return {
    version: 1,
    segments: Array.from({ length: MANY }, (_, index) => segment(index)),
    segmentGroups: Array.from({ length: 100 }, (_, index) => ({ name: `group ${index}`, enabled: true })),
    serverGroups: [],
    connectorGroups: [],
    forwarding: { rules: rules(['forward', 'forward-allowed', 'bypass']) },
    access: { rules: rules(['allow', 'deny']) },
    publications: [],
    trustedNetworks: ['192.168.0.0/16'],
  }
}

/** Addresses, networks, names and wildcards in equal parts. */
function segment(index: number): Segment {
  const [high, low] = [index >> 8, index & 255]
  const application = [
    `10.${high}.${low}.1`,
    `10.${high}.${low}.0/24`,
    `ftp${index}.corp.example`,
    `*.site${index}.corp.example`,
  ]
  return {
    name: `segment ${index}`,
    enabled: true,
    applications: [application[index % 4] ?? ''],
    ports: [
      { from: 21, to: 21 },
      { from: 50_000, to: 50_100 },
    ],
    bypass: 'use-client-forwarding-policy',
    healthReporting: 'none',
    doubleEncryption: false,
    protocol: 'ftp',
    inspection: 'off',
    segmentGroup: `group ${index % 100}`,
    serverGroup: 'servers',
  }
}

function target(index: number): Target {
  const [high, low] = [index >> 8, index & 255]
  const hosts = [
    `10.${high}.${low}.1`,
    `10.${high}.${low}.77`,
    `ftp${index}.corp.example`,
    `a.site${index}.corp.example`,
  ]
  return { host: hosts[index % 4] ?? '', port: 21 }
}

function requester(index: number): Requester {
  return {
    user: `user${index}`,
    groups: [`team ${index % 50}`, `floor ${index % 7}`, 'all'],
    clientAddress: `203.0.${index >> 8}.${index & 255}`,
    deviceLabels: index % 3 === 0 ? ['managed'] : [],
  }
}

/** What people write: teams to groups of segments, single users to single segments, some with wildcards, networks and times. */
function mixed(index: number): Conditions {
  const kinds: readonly Conditions[] = [
    {
      groups: [`team ${index % 50}`],
      segmentGroups: [`group ${(index * 3) % 100}`],
      deviceLabels: ['managed'],
    },
    { users: [`user${index % USERS}`], segments: [`segment ${index}`, `segment ${(index * 7) % MANY}`] },
    { users: [`user${index % 100}*`], segments: [`segment ${(index * 11) % MANY}`] },
    {
      groups: [`floor ${index % 7}`],
      segmentGroups: [`group ${index % 100}`],
      clientNetworks: [`203.0.${index % 8}.0/24`],
    },
    { groups: ['all'], segments: [`segment ${(index * 13) % MANY}`], times: [window(index)] },
  ]
  return kinds[index % kinds.length] ?? {}
}

/** Nothing here is found by a single look, and all of it fits but the last condition. */
function hardest(index: number): Conditions {
  return {
    users: [`*ser*${index % 10}*`, `u?er${index}*`, 'user*'],
    groups: ['all', `team ${index % 50}`],
    segmentGroups: Array.from({ length: 100 }, (_, group) => `group ${group}`),
    clientNetworks: ['203.0.0.0/16', `198.51.${index % 256}.0/24`],
    times: [window(index)],
  }
}

/** Nights and weekends: not the Monday morning of the requests. */
function window(index: number): NonNullable<Conditions['times']>[number] {
  const zones = ['Europe/Berlin', 'UTC', 'Asia/Kathmandu']
  const minute = String(index % 60).padStart(2, '0')
  return {
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    from: `20:${minute}`,
    to: `04:${minute}`,
    timeZone: zones[index % 3] ?? 'UTC',
  }
}
