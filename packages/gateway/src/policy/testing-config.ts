import { accessRule, forwardingRule, type SegmentInput, segment } from '../model/index.ts'
import type { AccessConfig, Requester } from './types.ts'

/* Configurations that are written by hand. */

const ALL_PORTS = [{ from: 1, to: 65_535 }]
export const CONTROL = [{ from: 21, to: 21 }]

/** A segment with all ports, in the group `all`. */
export const seg = (name: string, applications: string[], more: Partial<SegmentInput> = {}) =>
  segment.parse({
    name,
    applications,
    ports: ALL_PORTS,
    segmentGroup: 'all',
    serverGroup: 'servers',
    ...more,
  })
export const allow = (name: string, when = {}) => accessRule.parse({ name, when, action: 'allow' })
export const deny = (name: string, when = {}, message?: string) =>
  accessRule.parse({ name, when, action: 'deny', message })
export const forwarding = (action: string, name: string, when = {}) =>
  forwardingRule.parse({ name, when, action })

export interface Parts extends Partial<Omit<AccessConfig, 'forwarding' | 'access'>> {
  readonly forwarding?: AccessConfig['forwarding']['rules']
  readonly access?: AccessConfig['access']['rules']
}

export const config = ({ forwarding: ways = [], access = [], ...more }: Parts): AccessConfig => ({
  version: 7,
  segments: [],
  segmentGroups: [{ name: 'all', enabled: true }],
  serverGroups: [],
  connectorGroups: [],
  publications: [],
  trustedNetworks: [],
  ...more,
  forwarding: { rules: ways },
  access: { rules: access },
})

export const ALICE: Requester = {
  user: 'alice',
  groups: ['finance'],
  clientAddress: '192.0.2.7',
  deviceLabels: ['managed'],
}
/** A Monday noon. */
export const NOON = Date.UTC(2026, 5, 1, 12)

/** A segment for 10.1.0.9, and one for all around it. */
export const server = (more: Partial<SegmentInput> = {}) => seg('server', ['10.1.0.9'], more)
export const wide = seg('wide', ['10.0.0.0/8'])
