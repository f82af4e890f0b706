import { z } from 'zod'
import { postAction, retryPolicy } from './site.ts'
import { name } from './zone.ts'

const path = z.string().min(1, { error: 'must not be empty' }).max(4096)

/** A place of this server: a user's folder as the user sees it, or a folder of the machine. */
export const localPlace = z.union([
  z.strictObject({
    user: z.string().min(1),
    path: path.refine(text => text.startsWith('/'), { error: 'must begin with /' }),
  }),
  z.strictObject({ folder: path.refine(text => text.startsWith('/'), { error: 'must be absolute' }) }),
])
export type LocalPlace = z.output<typeof localPlace>

/** Which files: a glob, several with commas, or a regular expression between slashes. */
const pattern = z.string().min(1).max(1000).default('*')

/** A condition over named properties: `file.name`, `file.size`, `file.user`, `run.state`, `site.name`, `time.hour`, ... */
export const condition = z.strictObject({
  property: z.string().min(1).max(100),
  is: z.enum(['equals', 'not', 'matches', 'over', 'under', 'within']),
  value: z.string().max(1000),
})
export type Condition = z.output<typeof condition>

export const schedule = z.strictObject({
  /** Five fields, or six with seconds first. */
  cron: z.string().min(1).max(200),
  /** IANA name. */
  timeZone: z.string().max(64).default('UTC'),
  /** Days without a run, as 2026-12-25. */
  except: z
    .array(z.iso.date({ error: 'must be a date such as 2026-12-25' }))
    .max(1000)
    .default([]),
  /** A time that was missed while no node was up. */
  missed: z.enum(['once', 'skip']).default('once'),
})
export type Schedule = z.output<typeof schedule>

export const trigger = z.discriminatedUnion('on', [
  /** A file was uploaded whole into a user's folder. */
  z.strictObject({
    on: z.literal('arrival'),
    place: localPlace,
    pattern,
    subfolders: z.boolean().default(false),
  }),
  /** A file stands in a folder, and has not grown for `quietSeconds`. */
  z.strictObject({
    on: z.literal('watch'),
    place: localPlace,
    pattern,
    subfolders: z.boolean().default(false),
    quietSeconds: z.number().min(0).max(86_400).default(10),
  }),
  z.strictObject({
    on: z.literal('run-ended'),
    transfer: name,
    state: z.enum(['succeeded', 'failed', 'any']).default('succeeded'),
  }),
  /** A data connection of a client failed. */
  z.strictObject({ on: z.literal('data-failed') }),
  /** Somebody asks by the API, the console or the command: always possible, too. */
  z.strictObject({ on: z.literal('request') }),
])
export type Trigger = z.output<typeof trigger>

export const step = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('push'),
    site: name,
    /** Absent: the file of the trigger. */
    from: localPlace.optional(),
    pattern,
    subfolders: z.boolean().default(false),
    /** Folder at the site, with placeholders. */
    to: z.string().max(4096).default(''),
    /** Name at the site, with placeholders. */
    as: z.string().max(1024).default('{name}'),
    onExists: z.enum(['replace', 'skip', 'fail']).default('replace'),
    verify: z.enum(['checksum', 'size']).default('checksum'),
    onSuccess: postAction.default({ do: 'nothing' }),
    onFailure: postAction.default({ do: 'nothing' }),
    remoteOnSuccess: postAction.default({ do: 'nothing' }),
  }),
  z.strictObject({
    do: z.literal('pull'),
    site: name,
    from: z.string().max(4096).default(''),
    pattern,
    subfolders: z.boolean().default(false),
    to: localPlace,
    as: z.string().max(1024).default('{name}'),
    onExists: z.enum(['replace', 'skip', 'fail']).default('replace'),
    verify: z.enum(['checksum', 'size']).default('checksum'),
    /** What tells that a file was fetched before. `always` fetches it each time. */
    remember: z.enum(['name-size-time', 'checksum', 'always']).default('name-size-time'),
    /** Seconds for which size and time have to stay the same. */
    quietSeconds: z.number().min(0).max(86_400).default(5),
    onSuccess: postAction.default({ do: 'nothing' }),
    remoteOnSuccess: postAction.default({ do: 'nothing' }),
    remoteOnFailure: postAction.default({ do: 'nothing' }),
  }),
  /** Of the files that the steps before have left. */
  z.strictObject({ do: z.literal('rename'), to: z.string().min(1).max(1024) }),
  z.strictObject({ do: z.literal('delete') }),
  z.strictObject({ do: z.literal('compress'), format: z.enum(['gzip', 'zstd']).default('gzip') }),
  z.strictObject({
    do: z.literal('checksum-file'),
    algorithm: z.enum(['sha256', 'sha512', 'md5']).default('sha256'),
  }),
  z.strictObject({ do: z.literal('webhook'), url: z.url({ protocol: /^https?$/ }) }),
  z.strictObject({
    do: z.literal('mail'),
    to: z.array(z.email()).min(1).max(50),
    subject: z.string().max(500),
    text: z.string().max(20_000).default(''),
  }),
  z.strictObject({
    do: z.literal('program'),
    program: z.string().min(1).max(200),
    arguments: z.array(z.string().max(4096)).max(100).default([]),
  }),
])
export type Step = z.output<typeof step>

/** What moves where, and when. */
export const transfer = z.strictObject({
  name,
  description: z.string().max(500).optional(),
  enabled: z.boolean().default(true),
  schedule: schedule.optional(),
  trigger: trigger.default({ on: 'request' }),
  conditions: z.array(condition).max(100).default([]),
  steps: z.array(step).min(1, { error: 'needs at least one step' }).max(50),
  onFailure: z.array(step).max(50).default([]),
  /** In place of the site's. */
  retry: retryPolicy.optional(),
  alerts: z
    .strictObject({
      mail: z.array(z.email()).max(50).default([]),
      webhook: z.url({ protocol: /^https?$/ }).optional(),
      on: z.enum(['failed', 'always']).default('failed'),
    })
    .prefault({}),
})
export type Transfer = z.output<typeof transfer>
export type TransferInput = z.input<typeof transfer>
