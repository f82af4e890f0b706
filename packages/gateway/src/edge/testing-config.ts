import type { Segment } from '../model/index.ts'
import type { AccessConfig } from '../policy/types.ts'

/** 10.0.0.9 at port 21 and from 40,000, without inspection. */
export const testSegment = (change: Partial<Segment> = {}): Segment => ({
  name: 'ftp',
  enabled: true,
  applications: ['10.0.0.9'],
  ports: [
    { from: 21, to: 21 },
    { from: 40_000, to: 40_100 },
  ],
  bypass: 'never',
  healthReporting: 'none',
  doubleEncryption: false,
  protocol: 'ftp',
  inspection: 'off',
  segmentGroup: 'all',
  serverGroup: 'servers',
  ...change,
})

/** The same with inspection, so that port 21 is enough. */
export const inspectedSegment = (change: Partial<Segment> = {}): Segment =>
  testSegment({ inspection: 'ftp', ports: [{ from: 21, to: 21 }], ...change })

/** A policy in which `anna` may reach 10.0.0.9 at port 21 and above 40,000 through the connectors of `group`. */
export function testConfig(change: Partial<AccessConfig> = {}): AccessConfig {
  return {
    version: 1,
    segments: [testSegment()],
    segmentGroups: [{ name: 'all', enabled: true }],
    serverGroups: [{ name: 'servers', connectorGroups: ['group'] }],
    connectorGroups: [{ name: 'group', enabled: true, weight: 100, maxStreams: 1_000 }],
    forwarding: { rules: [] },
    access: { rules: [{ name: 'anna', enabled: true, when: { users: ['anna'] }, action: 'allow' }] },
    publications: [],
    trustedNetworks: [],
    ...change,
  }
}
