import {
  accessPolicy,
  connectorGroup,
  forwardingPolicy,
  memberKind,
  provisioningKey,
  publication,
  segment,
  segmentGroup,
  serverGroup,
} from '@portolan/gateway/model'
import { z } from 'zod'
import { fieldProblem, logQuery, pageQuery, time } from './common.ts'

export type {
  AccessPolicy,
  AccessRule,
  Conditions,
  ForwardingPolicy,
  ForwardingRule,
  PortRange,
  Publication,
  TimeWindow,
} from '@portolan/gateway/model'

/** What is probably not meant, and can be kept all the same. */
const warnings = z.array(fieldProblem)
/** What an answer tells and nobody sets: passed over, so that what was read can be sent back. */
const told = z.unknown().optional()
const revised = { revision: z.int(), changedAt: time, changedBy: z.string(), warnings }
const revisedTold = {
  revision: z.int().optional().describe('The revision that was looked at: 409 when there is a newer one.'),
  changedAt: told,
  changedBy: told,
  warnings: told,
}

// Paths: /access/segments, /access/segment-groups, /access/server-groups, /access/connector-groups, /access/publications: GET (page), POST,
// and /:name: GET, PUT, DELETE.
export const segmentView = segment.extend({
  ...revised,
  health: z.enum(['up', 'down', 'unknown', 'none']).describe('none: its health is not reported.'),
})
export type SegmentView = z.output<typeof segmentView>
export const segmentWrite = segment.extend({ ...revisedTold, health: told })
export type SegmentWrite = z.input<typeof segmentWrite>
export const accessListQuery = pageQuery(['name', 'changedAt'])

export const segmentGroupView = segmentGroup.extend({ ...revised, segments: z.array(z.string()) })
export type SegmentGroupView = z.output<typeof segmentGroupView>
export const segmentGroupWrite = segmentGroup.extend({ ...revisedTold, segments: told })
export type SegmentGroupWrite = z.input<typeof segmentGroupWrite>

export const serverGroupView = serverGroup.extend({ ...revised, segments: z.array(z.string()) })
export type ServerGroupView = z.output<typeof serverGroupView>
export const serverGroupWrite = serverGroup.extend({ ...revisedTold, segments: told })
export type ServerGroupWrite = z.input<typeof serverGroupWrite>

export const connectorGroupView = connectorGroup.extend({
  ...revised,
  connectors: z.int(),
  connected: z.int(),
})
export type ConnectorGroupView = z.output<typeof connectorGroupView>
export const connectorGroupWrite = connectorGroup.extend({
  ...revisedTold,
  connectors: told,
  connected: told,
})
export type ConnectorGroupWrite = z.input<typeof connectorGroupWrite>

export const publicationView = publication.safeExtend(revised)
export type PublicationView = z.output<typeof publicationView>
export const publicationWrite = publication.safeExtend(revisedTold)
export type PublicationWrite = z.input<typeof publicationWrite>

// /access/forwarding-policy and /access/access-policy: GET, PUT. The whole list, in its order.
export const forwardingPolicyView = forwardingPolicy.extend(revised)
export type ForwardingPolicyView = z.output<typeof forwardingPolicyView>
export const forwardingPolicyWrite = forwardingPolicy.extend(revisedTold)
export const accessPolicyView = accessPolicy.extend(revised)
export type AccessPolicyView = z.output<typeof accessPolicyView>
export const accessPolicyWrite = accessPolicy.extend(revisedTold)

// POST /access/why: *try it*, unaudited.
export const whyBody = z.object({
  user: z.string().min(1).max(128),
  host: z.string().min(1).max(255),
  port: z.int().min(1).max(65_535),
  clientAddress: z.string().max(64).default('127.0.0.1'),
  deviceLabels: z.array(z.string().max(64)).max(32).default([]),
  at: time.optional().describe('Absent: now.'),
})
export type WhyBody = z.input<typeof whyBody>
export const accessDecision = z.object({
  action: z.enum(['allow', 'bypass', 'deny']),
  status: z.object({ code: z.string(), text: z.string() }).optional(),
  rule: z
    .object({
      policy: z.enum(['segment', 'forwarding', 'access']),
      name: z.string(),
      place: z.int().optional(),
    })
    .optional(),
  segment: z.string().optional(),
  application: z.string().optional(),
  because: z.array(z.string()).describe('Every step in order; the last is the reason.'),
  message: z.string().optional(),
  groups: z.array(z.string()).describe('Of the user, as they are now.'),
})
export type AccessDecisionView = z.output<typeof accessDecision>

// /access/keys: GET (page), POST; /access/keys/:name: PUT (enabled, expiry, networks), DELETE.
export const provisioningKeyView = provisioningKey.extend({
  uses: z.int(),
  state: z.enum(['usable', 'disabled', 'used-up', 'expired']),
  createdAt: time,
  createdBy: z.string(),
})
export type ProvisioningKeyView = z.output<typeof provisioningKeyView>
export const provisioningKeyCreate = provisioningKey
export type ProvisioningKeyCreate = z.input<typeof provisioningKeyCreate>
export const provisioningKeyChange = provisioningKey.pick({
  description: true,
  enabled: true,
  expiresAt: true,
  networks: true,
})
export const provisioningKeyCreated = provisioningKeyView.extend({
  invitation: z.string().describe('Shown this once: what the new edge or connector is started with.'),
  command: z.string().describe('The command to copy.'),
})

// GET /access/agent-invitation: what agents are started with; it holds no secret.
export const agentInvitation = z.object({
  invitation: z.string(),
  command: z.string(),
  authority: z.string(),
})

const health = z.object({
  segment: z.string(),
  host: z.string(),
  port: z.int(),
  state: z.enum(['up', 'down', 'unknown']),
  ms: z.number().optional(),
  text: z.string().optional(),
  at: time,
})

// /access/members?kind=: GET (page); /access/members/:id: GET, PATCH, DELETE (only revoked ones); POST /access/members/:id/revoke.
export const memberView = z.object({
  id: z.string(),
  kind: memberKind,
  name: z.string(),
  description: z.string().optional(),
  user: z.string().optional().describe('Of an agent.'),
  enabled: z.boolean(),
  draining: z.boolean(),
  connectorGroup: z.string().optional(),
  addresses: z.array(z.string()),
  state: z.enum(['connected', 'draining', 'disconnected', 'disabled', 'revoked', 'expired']),
  enrolledAt: time,
  enrolledFrom: z.string(),
  enrolledWith: z.string(),
  certificate: z.object({ serial: z.string(), expiresAt: time }),
  revokedAt: time.optional(),
  lastSeenAt: time.optional(),
  version: z.string(),
  /** To which edges it is connected, or from where an edge is; with its load there. */
  connections: z.array(
    z.object({
      edge: z.string(),
      address: z.string(),
      privateAddress: z.string(),
      since: time,
      streams: z.int(),
      bytesPerSecond: z.number(),
      cpu: z.number(),
      residentBytes: z.int(),
      roundTripMs: z.number().optional(),
      health: z.array(health),
    }),
  ),
})
export type MemberView = z.output<typeof memberView>
export const membersQuery = pageQuery(['name', 'createdAt', 'lastSeenAt', 'expiresAt']).extend({
  kind: memberKind.optional(),
  user: z.string().max(128).optional(),
})
export const memberChange = z.object({
  name: z.string().min(1).max(64).optional(),
  description: z.string().max(500).optional(),
  enabled: z.boolean().optional(),
  draining: z.boolean().optional(),
  connectorGroup: z.string().max(64).optional(),
})
export type MemberChange = z.input<typeof memberChange>

/** A row of the access log: the field names are those of ZPA's user activity log where it has them. */
export const accessStream = z.object({
  SessionID: z.string(),
  ConnectionID: z.string(),
  ConnectionStatus: z.enum(['open', 'active', 'close', 'refused']),
  InternalReason: z.string().describe('A status code.'),
  Text: z.string(),
  Role: z.enum(['control', 'data', 'other']),
  DoubleEncryption: z.boolean(),
  Username: z.string(),
  Device: z.string(),
  Host: z.string(),
  ServicePort: z.int(),
  ClientPublicIP: z.string(),
  ClientPrivateIP: z.string(),
  ClientZEN: z.string().describe('The edge.'),
  Policy: z.string().describe('The rule that decided.'),
  Application: z.string().describe('The application segment.'),
  AppGroup: z.string(),
  Connector: z.string(),
  ConnectorIP: z.string(),
  ConnectorPort: z.int(),
  ServerIP: z.string(),
  ServerPort: z.int(),
  PolicyProcessingTime: z.number().describe('Microseconds.'),
  ConnectorZENSetupTime: z.number().describe('Milliseconds.'),
  ConnectionSetupTime: z.number().describe('Milliseconds.'),
  ServerSetupTime: z.number().describe('Milliseconds.'),
  TimestampConnectionStart: time,
  TimestampConnectionEnd: time,
  TimestampZENFirstRxClient: time,
  TimestampZENLastRxClient: time,
  TimestampZENFirstTxClient: time,
  TimestampZENLastTxClient: time,
  ZENTotalBytesRxClient: z.int(),
  ZENTotalBytesTxClient: z.int(),
  Events: z.array(z.object({ at: time, text: z.string() })),
})
export type AccessStream = z.output<typeof accessStream>

// GET /access/streams (log, newest first), GET /access/streams/live (open ones, of all edges of this node), GET /access/sessions/:session,
// POST /access/streams/:connection/kick, POST /access/sessions/:session/kick.
export const accessStreamsQuery = logQuery.omit({ search: true }).extend({
  user: z.string().max(128).optional(),
  session: z.string().max(64).optional(),
  segment: z.string().max(64).optional(),
  connector: z.string().max(64).optional(),
  code: z.string().max(64).optional(),
  status: z.enum(['open', 'active', 'close', 'refused']).optional(),
})

/** The live event `stream`: streams that are new or have changed, each whole. Those that are over are told once more. */
export interface LiveStreams {
  readonly changed: readonly AccessStream[]
}

/** The live event `members`: how many are connected to this node; told when it changes, or when a member was enrolled or changed. */
export interface LiveMembers {
  readonly edges: number
  readonly connectors: number
  readonly agents: number
  readonly streams: number
}

/** One FTP session as one timeline: its control connection, its data connections, what was said and what became of it, in order. */
export const accessSession = z.object({
  session: z.string(),
  user: z.string(),
  device: z.string(),
  server: z.string(),
  segment: z.string(),
  connector: z.string(),
  startedAt: time,
  endedAt: time.optional(),
  sent: z.int(),
  received: z.int(),
  verdict: z.string().describe('One sentence.'),
  entries: z.array(
    z.object({
      at: time,
      kind: z.enum(['opened', 'ended', 'refused', 'ftp', 'warning']),
      connection: z.string(),
      role: z.enum(['control', 'data', 'other']),
      text: z.string(),
      code: z.string().optional(),
      bytes: z.int().optional(),
      ms: z.number().optional(),
    }),
  ),
  streams: z.array(accessStream),
})
export type AccessSession = z.output<typeof accessSession>

// /access/people: GET (page): users with what they have for signing in; /access/people/:user/totp POST (new secret, shown once), DELETE;
// /access/people/:user/tokens POST, DELETE /:id.
export const accessPerson = z.object({
  user: z.string(),
  totp: z.boolean(),
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      createdAt: time,
      createdBy: z.string(),
      expiresAt: time.optional(),
    }),
  ),
})
export type AccessPerson = z.output<typeof accessPerson>
export const accessTotp = z.object({
  secret: z.string(),
  uri: z.string().describe('otpauth:// for the QR code.'),
})
export const accessTokenCreate = z.object({ name: z.string().min(1).max(64), expiresAt: time.optional() })
export const accessTokenCreated = z.object({ id: z.string(), token: z.string().describe('Shown this once.') })

// GET /access/overview
export const accessOverview = z.object({
  enabled: z.boolean().describe('The setting gateway.enabled.'),
  address: z.string().optional(),
  authority: z.string().optional(),
  edges: z.object({ enrolled: z.int(), connected: z.int() }),
  connectors: z.object({ enrolled: z.int(), connected: z.int() }),
  agents: z.object({ connected: z.int() }),
  streams: z.int(),
  segments: z.int(),
  /** What stands in the way of the first connection, in order; empty: everything is there. */
  missing: z.array(
    z.object({ what: z.enum(['enabled', 'segment', 'rule', 'edge', 'connector']), text: z.string() }),
  ),
})
export type AccessOverview = z.output<typeof accessOverview>
