import { z } from 'zod'
import { because, logQuery, pageQuery, time } from './common.ts'

export const ban = z.object({
  id: z.string(),
  kind: z.enum(['address', 'user']),
  value: z.string(),
  reason: z.string(),
  by: z.string(),
  at: time,
  until: time.optional(),
})
export type Ban = z.output<typeof ban>
export const banCreate = z.object({
  kind: z.enum(['address', 'user']),
  value: z.string().min(1, { error: 'must not be empty' }).max(256),
  minutes: z.number().positive().max(5_256_000).optional().describe('Absent: until it is lifted.'),
  reason: z.string().max(500).default(''),
  kick: z.boolean().default(true).describe('Ends the sessions it is about.'),
})
export const bansQuery = pageQuery(['at', 'value', 'until']).extend({
  kind: z.enum(['address', 'user']).optional(),
})
export const exemptNetworks = z.object({ base: z.int().min(0), networks: z.array(z.string()).max(10_000) })

/** The running transfer of a session. */
const running = z.object({
  command: z.string(),
  path: z.string(),
  bytes: z.number(),
  direction: z.enum(['download', 'upload', 'listing']).optional(),
  mode: z.enum(['passive', 'active']).optional(),
})
export const session = z.object({
  session: z.string(),
  user: z.string().optional(),
  userClass: z.string().optional(),
  address: z.string(),
  listener: z.string(),
  tls: z.boolean(),
  since: time,
  idleMs: z.number(),
  transfer: running.optional(),
})
export type Session = z.output<typeof session>
export const sessionsQuery = pageQuery(['since', 'user', 'address', 'idleMs'])

export const dataConnection = z.object({
  session: z.string(),
  user: z.string().optional(),
  command: z.string(),
  path: z.string(),
  direction: z.enum(['download', 'upload', 'listing']),
  mode: z.enum(['passive', 'active']),
  local: z.string(),
  remote: z.string(),
  because,
  tls: z.object({ protocol: z.string(), reused: z.boolean() }).optional(),
  since: time,
  ended: z.object({ at: time, verdict: z.string(), text: z.string().optional() }).optional(),
  bytes: z.number(),
  size: z.number().optional(),
})
export type DataConnection = z.output<typeof dataConnection>

export const sessionDetail = session.extend({
  userClassBecause: because.optional(),
  folder: z.string(),
  tlsProtocol: z.string().optional(),
  agreed: z.object({ mode: z.enum(['passive', 'active']), endpoint: z.string(), because }).optional(),
  dialogue: z.array(z.object({ at: time, from: z.enum(['client', 'server']), text: z.string() })),
  dataConnections: z.array(dataConnection),
})
export type SessionDetail = z.output<typeof sessionDetail>

export const port = z.object({
  port: z.int(),
  state: z.enum(['free', 'reserved', 'in-use', 'resting', 'failed']),
  waitingFor: z.array(z.string()),
  sessions: z.array(z.string()),
  text: z.string().optional(),
})
export type Port = z.output<typeof port>
/** Both ranges. Ports that are free and have nothing to tell are left out. */
export const portsView = z.object({
  passive: z.object({ basePort: z.int(), numberOfPorts: z.int(), ports: z.array(port) }).optional(),
  active: z
    .object({ basePort: z.int().optional(), numberOfPorts: z.int().optional(), ports: z.array(port) })
    .optional(),
  waiting: z.int(),
})
export type PortsView = z.output<typeof portsView>

export const transfer = z.object({
  id: z.string(),
  at: time,
  node: z.string(),
  session: z.string(),
  user: z.string(),
  address: z.string(),
  command: z.string(),
  path: z.string(),
  direction: z.enum(['download', 'upload', 'listing']),
  mode: z.string(),
  local: z.string(),
  remote: z.string(),
  because: z.string(),
  tls: z.string(),
  bytes: z.number(),
  ms: z.number(),
  verdict: z.string(),
  reply: z.int(),
  text: z.string(),
})
export type Transfer = z.output<typeof transfer>
export const transfersQuery = logQuery.extend({
  user: z.string().optional(),
  direction: z.enum(['download', 'upload', 'listing']).optional(),
  verdict: z.enum(['complete', 'broken', 'failed', 'refused']).optional(),
  mode: z.enum(['passive', 'active', 'web']).optional(),
  listings: z.enum(['true', 'false']).default('false'),
})

export const incident = z.object({
  id: z.string(),
  at: time,
  node: z.string(),
  kind: z.string(),
  code: z.string(),
  text: z.string(),
  session: z.string(),
  user: z.string(),
  address: z.string(),
  detail: z.unknown(),
})
export type Incident = z.output<typeof incident>
export const incidentsQuery = logQuery.extend({
  kind: z.string().optional(),
  code: z.string().optional(),
  user: z.string().optional(),
  address: z.string().optional(),
})

export const auditEntry = z.object({
  id: z.string(),
  at: time,
  node: z.string(),
  actor: z.string(),
  address: z.string(),
  action: z.string(),
  target: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  outcome: z.enum(['done', 'refused']),
  text: z.string(),
})
export type AuditEntry = z.output<typeof auditEntry>
export const auditQuery = logQuery.extend({
  actor: z.string().optional(),
  action: z.string().optional(),
  target: z.string().optional(),
})

/** Failures of data connections with one cause. */
export const diagnosisGroup = z.object({
  code: z.string(),
  title: z.string(),
  cause: z.string(),
  advice: z.array(z.string()),
  count: z.int(),
  first: time,
  last: time,
  users: z.array(z.string()),
  addresses: z.array(z.string()),
  examples: z.array(incident),
})
export type DiagnosisGroup = z.output<typeof diagnosisGroup>
export const diagnosis = z.object({
  hours: z.number(),
  examined: z.int(),
  complete: z.boolean().describe('false: there were more failures than were looked at.'),
  transfers: z.int().describe('Transfers that were complete in the same time, up to the number looked at.'),
  groups: z.array(diagnosisGroup),
})
export type Diagnosis = z.output<typeof diagnosis>
export const diagnosisQuery = z.object({
  hours: z.coerce
    .number()
    .min(0.1)
    .max(24 * 90)
    .default(24),
})

export const certificate = z.object({
  name: z.string(),
  origin: z.enum(['store', 'file', 'self-signed']),
  inUse: z.boolean(),
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()),
  notBefore: time,
  notAfter: time,
  fingerprint: z.string().describe('SHA-256.'),
  key: z.string().describe('Kind of the key, such as `EC P-256`.'),
  problems: z.array(z.string()),
})
export type Certificate = z.output<typeof certificate>
export const certificateUpload = z.object({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/, { error: 'must have 1 to 64 letters, digits, dots, dashes or underscores' }),
  chain: z.string().max(200_000).describe('PEM, the leaf first.'),
  key: z.string().max(50_000).describe('PEM.'),
})
export const certificateMake = z.object({
  name: certificateUpload.shape.name,
  names: z.array(z.string()).min(1, { error: 'needs at least one DNS name or IP address' }).max(100),
  days: z.int().min(1).max(825).default(365),
})

/** One second of a node. */
export const sample = z.object({
  at: time,
  sessions: z.int(),
  transfers: z.int(),
  /** Bytes per second. */
  sent: z.number(),
  received: z.number(),
})
export type Sample = z.output<typeof sample>

export const overview = z.object({
  node: z.object({
    name: z.string(),
    version: z.string(),
    startedAt: time,
    store: z.enum(['sqlite', 'postgres']),
  }),
  now: sample,
  history: z.array(sample).describe('The last ten minutes, a sample each second at most.'),
  listeners: z.array(z.object({ name: z.string(), host: z.string(), port: z.int(), tls: z.string() })),
  passive: z.object({
    listening: z.int(),
    reserved: z.int(),
    waiting: z.int(),
    refused: z.int(),
    strangers: z.int(),
  }),
  warnings: z.array(z.object({ path: z.string(), message: z.string() })),
  failures: z.array(incident).describe('What failed lately, newest first.'),
  users: z.int(),
  bans: z.int(),
  controller: z.object({ residentBytes: z.number() }),
  workers: z.array(z.object({ sessions: z.int(), residentBytes: z.number(), loopHeldMs: z.number() })),
})
export type Overview = z.output<typeof overview>

/** What `GET /api/v1/live` may be asked for; each becomes an event of that name. */
export const LIVE_TOPICS = [
  'sample',
  'sessions',
  'ports',
  'incident',
  'transfer',
  'run',
  'stream',
  'members',
] as const
export type LiveTopic = (typeof LIVE_TOPICS)[number]
export const liveQuery = z.object({ topics: z.string().default('sample') })

/** The event `sessions`: what changed since the event before; the first one has `all`. */
export interface LiveSessions {
  readonly all?: readonly Session[]
  readonly changed?: readonly Session[]
  readonly gone?: readonly string[]
}
