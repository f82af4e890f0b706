import { z } from 'zod'
import { description, name, portRange } from './fields.ts'

/**
 * What people reach: applications and their TCP ports. What a value may be by itself is said here; what a segment may be as a whole
 * (FTP without inspection, overlaps, groups that exist) says `checkSegment`.
 */
export const segment = z.strictObject({
  name,
  description,
  enabled: z.boolean().default(true),
  /** IP addresses (`10.0.0.9`), networks (`10.0.0.0/24`), names (`ftp.corp.example`), names with a wildcard (`*.corp.example`). */
  applications: z.array(z.string().min(1).max(255)).min(1, { error: 'needs at least one' }).max(1_000),
  ports: z.array(portRange).min(1, { error: 'needs at least one range' }).max(100),
  /**
   * - `always`: agents never forward it.
   * - `on-net`: not from the trusted networks of the settings.
   * - `use-client-forwarding-policy`: the client forwarding policy says.
   * - `never`: it is forwarded, whatever the policy says.
   */
  bypass: z
    .enum(['always', 'never', 'on-net', 'use-client-forwarding-policy'])
    .default('use-client-forwarding-policy'),
  healthReporting: z.enum(['none', 'on-access', 'continuous']).default('none'),
  /** An inner TLS from agent to connector: the edge cannot read what passes. */
  doubleEncryption: z.boolean().default(false),
  /** What is spoken there. `ftp` without inspection is what ZPA does: it needs addresses and all ports. */
  protocol: z.enum(['ftp', 'other']).default('ftp'),
  /** `ftp`: the connector reads the control connection and opens exactly the ports that the server names. */
  inspection: z.enum(['off', 'ftp']).default('off'),
  /** The one segment group that it is in. */
  segmentGroup: name,
  /** Where it is reached from. */
  serverGroup: name,
})
export type Segment = z.output<typeof segment>
export type SegmentInput = z.input<typeof segment>

/** Segments that rules name together. */
export const segmentGroup = z.strictObject({ name, description, enabled: z.boolean().default(true) })
export type SegmentGroup = z.output<typeof segmentGroup>

/** From where servers are reached: the connector groups, in no order; their weights say how often. */
export const serverGroup = z.strictObject({
  name,
  description,
  connectorGroups: z.array(name).min(1, { error: 'needs at least one connector group' }).max(100),
})
export type ServerGroup = z.output<typeof serverGroup>

/** Connectors at one place. */
export const connectorGroup = z.strictObject({
  name,
  description,
  enabled: z.boolean().default(true),
  /** How often it is chosen beside others; 0: only when no other can. */
  weight: z.int().min(0).max(1_000).default(100),
  /** Streams that one connector of it carries at once. */
  maxStreams: z.int().min(1).max(100_000).default(10_000),
  /** Bytes per second that one connector of it carries in each direction; absent: no bound. */
  bytesPerSecond: z.int().min(1_000).optional(),
})
export type ConnectorGroup = z.output<typeof connectorGroup>
