import { site, siteSecrets, transfer, zone } from '@portolan/transfers/model'
import { z } from 'zod'
import { fieldProblem, pageQuery, time } from './common.ts'

export type {
  Condition,
  LocalPlace,
  PostAction,
  Schedule,
  Step,
  Trigger,
} from '@portolan/transfers/model'

/** What is probably not meant, and can be kept all the same. */
const warnings = z.array(fieldProblem)

/** What an answer tells and nobody sets: passed over, so that what was read can be sent back. */
const told = z.unknown().optional()

export const runState = z.enum(['waiting', 'running', 'retrying', 'succeeded', 'failed', 'cancelled'])
export type RunState = z.output<typeof runState>

/** The last run that is known of. */
const lastRun = z.object({ id: z.string(), state: runState, at: time })

/** Where connections leave. `sites`: those that use it. */
export const zoneView = zone.extend({
  sites: z.array(z.string()),
  hasPassword: z.boolean().describe('Of the proxy.'),
  revision: z.int(),
  changedAt: time,
  changedBy: z.string(),
  warnings,
})
export type ZoneView = z.output<typeof zoneView>
export const zoneWrite = zone.extend({
  password: z
    .string()
    .max(1024)
    .nullable()
    .optional()
    .describe('Of the proxy. Absent: it stays. null: there is none.'),
  revision: z.int().optional().describe('The revision that was looked at: 409 when there is a newer one.'),
  sites: told,
  hasPassword: told,
  changedAt: told,
  changedBy: told,
  warnings: told,
})
export type ZoneWrite = z.input<typeof zoneWrite>

export const siteView = site.extend({
  hasPassword: z.boolean(),
  hasKey: z.boolean(),
  transfers: z.array(z.string()),
  revision: z.int(),
  changedAt: time,
  changedBy: z.string(),
  lastRun: lastRun.optional(),
  warnings,
})
export type SiteView = z.output<typeof siteView>
export const siteWrite = site.extend({
  secrets: siteSecrets.optional().describe('Absent: they stay.'),
  revision: z.int().optional(),
  hasPassword: told,
  hasKey: told,
  transfers: told,
  changedAt: told,
  changedBy: told,
  lastRun: told,
  warnings: told,
})
export type SiteWrite = z.input<typeof siteWrite>
export const sitesQuery = pageQuery(['name', 'changedAt'])

/** What *Test connection* found: the doctor's steps and verdicts. */
export const siteTest = z.object({
  ok: z.boolean(),
  summary: z.string(),
  steps: z
    .array(z.object({ step: z.string(), ok: z.boolean(), text: z.string(), ms: z.number() }))
    .describe('Those that were carried out, with what each found.'),
  verdicts: z.array(
    z.object({
      code: z.string(),
      severity: z.enum(['error', 'warning', 'note']),
      title: z.string().describe('What it means, in a paragraph.'),
      advice: z.array(z.string()),
    }),
  ),
})
export type SiteTest = z.output<typeof siteTest>

export const siteListBody = z.object({
  folder: z
    .string()
    .max(4096)
    .default('')
    .describe('Relative to the folder of the site; empty: that folder.'),
})
export const siteListing = z.object({
  folder: z.string(),
  entries: z.array(
    z.object({
      name: z.string(),
      type: z.enum(['file', 'folder', 'link', 'other']),
      size: z.number().optional(),
      modified: time.optional(),
    }),
  ),
  complete: z.boolean().describe('false: there are more than are told.'),
})
export type SiteListing = z.output<typeof siteListing>

export const transferView = transfer.extend({
  revision: z.int(),
  changedAt: time,
  changedBy: z.string(),
  next: z.array(time).describe('The next five times of the schedule.'),
  lastRun: lastRun.optional(),
  warnings,
})
export type TransferView = z.output<typeof transferView>
export const transferWrite = transfer.extend({
  revision: z.int().optional(),
  changedAt: told,
  changedBy: told,
  next: told,
  lastRun: told,
  warnings: told,
})
export type TransferWrite = z.input<typeof transferWrite>
export const definitionsQuery = pageQuery(['name', 'changedAt'])
export const scheduleTryBody = z.object({
  cron: z.string().max(200),
  timeZone: z.string().max(64).default('UTC'),
  except: z.array(z.string()).max(1000).default([]),
})
export const scheduleTried = z.object({
  next: z.array(time),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type ScheduleTried = z.output<typeof scheduleTried>

export const run = z.object({
  id: z.string(),
  transfer: z.string(),
  sites: z.array(z.string()),
  state: runState,
  cause: z.object({ kind: z.string(), text: z.string() }),
  createdAt: time,
  dueAt: time,
  startedAt: time.optional(),
  endedAt: time.optional(),
  attempt: z.int(),
  node: z.string().optional(),
  cancelAsked: z.boolean(),
  error: z.object({ code: z.string(), text: z.string(), advice: z.array(z.string()) }).optional(),
  files: z.int(),
  filesDone: z.int(),
  bytes: z.number(),
  bytesTotal: z.number(),
})
export type Run = z.output<typeof run>
export const runFile = z.object({
  key: z.string(),
  source: z.string(),
  target: z.string(),
  state: z.string(),
  bytes: z.number(),
  size: z.number(),
  checksum: z.string().optional(),
  mode: z.string().optional(),
  local: z.string().optional(),
  remote: z.string().optional(),
  because: z.string().optional(),
  attempts: z.int(),
  error: z.string().optional(),
})
export type RunFileView = z.output<typeof runFile>
export const runEvent = z.object({
  id: z.string(),
  at: time,
  kind: z.string(),
  text: z.string(),
  detail: z.unknown(),
})
export type RunEventView = z.output<typeof runEvent>
export const runDetail = run.extend({
  definition: z.unknown(),
  fileRows: z.array(runFile).describe('The first hundred.'),
  events: z.array(runEvent).describe('The timeline, oldest first; at most a thousand.'),
})
export type RunDetail = z.output<typeof runDetail>
export const runsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.string().max(64).optional(),
  transfer: z.string().optional(),
  site: z.string().optional(),
  state: runState.optional(),
  from: z.coerce.number().int().optional(),
  to: z.coerce.number().int().optional(),
})
export const runFilesQuery = z.object({
  offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export const runEventsQuery = z.object({
  after: z.string().max(64).optional().describe('`id` of the last one that is known.'),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
})
export const runEvents = z.object({ items: z.array(runEvent) })
export const runCountsQuery = z.object({
  from: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Counts those that are over from then on. Absent: of the last day.'),
})
export const runsPage = z.object({ items: z.array(run), next: z.string().optional() })
export const runCounts = z.record(runState, z.int())
export const runRequestBody = z.object({
  properties: z
    .record(z.string().max(100), z.union([z.string().max(4096), z.number()]))
    .optional()
    .describe('Properties for conditions and placeholders, such as `file.path`.'),
})
export const runCancelled = z.object({
  cancelled: z.boolean().describe('false: it was over already.'),
  run,
})

/** Coming runs of schedules, for the calendar. */
export const comingQuery = z.object({ from: z.coerce.number().int(), to: z.coerce.number().int() })
export const coming = z.object({
  items: z.array(z.object({ transfer: z.string(), at: time })),
  complete: z.boolean().describe('false: there were more than are told.'),
})
export type Coming = z.output<typeof coming>
