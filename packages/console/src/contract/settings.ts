import { z } from 'zod'
import { fieldProblem, time } from './common.ts'

export const origin = z.enum(['default', 'file', 'store', 'flag'])
export type Origin = z.output<typeof origin>

/** One change: a new value, or the way back to what the file or the default says. */
export const settingChange = z.union([
  z.strictObject({ path: z.string().min(1).max(500), value: z.unknown() }),
  z.strictObject({ path: z.string().min(1).max(500), reset: z.literal(true) }),
])
export type SettingChange = z.output<typeof settingChange>

export const settingsChangeBody = z.object({
  base: z.int().min(0).describe('The version that was looked at; 0 before the first.'),
  changes: z.array(settingChange).min(1).max(1000),
  comment: z.string().max(500).optional(),
})
export type SettingsChangeBody = z.output<typeof settingsChangeBody>

/** A setting that is not what it was. Values as the file would write them; absent where there is none. */
export const settingDifference = z.object({
  path: z.string(),
  before: z.string().optional(),
  after: z.string().optional(),
})
export type SettingDifference = z.output<typeof settingDifference>

/** What taking a change into force does beyond the value: a listener moves, ports open and close, a restart is needed. */
export const consequence = z.object({
  code: z.enum([
    'listener-opens',
    'listener-closes',
    'listener-moves',
    'ports-move',
    'needs-restart',
    'console-moves',
    'gateway-moves',
    'overridden',
  ]),
  path: z.string(),
  text: z.string(),
})
export type Consequence = z.output<typeof consequence>

export const settingsPreview = z.object({
  problems: z.array(fieldProblem),
  warnings: z.array(fieldProblem),
  difference: z.array(settingDifference),
  consequences: z.array(consequence),
})
export type SettingsPreview = z.output<typeof settingsPreview>

/** The settings in force. */
export const settingsView = z.object({
  version: z.int(),
  effective: z
    .record(z.string(), z.unknown())
    .describe(
      'All settings as a file would write them: durations `5m`, sizes `10MiB`. Without users, groups and secrets.',
    ),
  origins: z
    .record(z.string(), origin)
    .describe('By path; a path stands for all below it. What is absent is a default.'),
  flags: z
    .record(z.string(), z.string())
    .describe('Paths that a flag of the start has set, and which: nobody else can change those.'),
  warnings: z.array(fieldProblem),
  /** Set when the newest version could not be taken into force on this node. */
  failure: z.string().optional(),
})
export type SettingsView = z.output<typeof settingsView>

export const settingsSchemaView = z.record(z.string(), z.unknown())

export const explainedSetting = z.object({
  path: z.string(),
  value: z.string(),
  origin,
  description: z.string(),
})
export type ExplainedSetting = z.output<typeof explainedSetting>

export const settingsVersion = z.object({
  version: z.int(),
  at: time,
  by: z.string(),
  comment: z.string().optional(),
  changed: z.array(z.string()).describe('Paths that differ from the version before.'),
})
export type SettingsVersion = z.output<typeof settingsVersion>
export const settingsVersionDetail = settingsVersion.extend({ difference: z.array(settingDifference) })
export type SettingsVersionDetail = z.output<typeof settingsVersionDetail>

/** A rule of passive.addressRules, as the file writes it. */
export const addressRule = z.strictObject({
  name: z.string().optional(),
  enabled: z.boolean().default(true),
  userClass: z.string().default('*'),
  clients: z.string().optional(),
  destination: z.string().optional(),
  address: z.string(),
})
export type AddressRule = z.output<typeof addressRule>
export const addressRules = z.object({ base: z.int().min(0), rules: z.array(addressRule).max(10_000) })
export const addressRulesAction = z.object({
  base: z.int().min(0),
  action: z.enum(['enable', 'disable', 'delete']),
  places: z.array(z.int().min(0)).min(1).describe('Places in the list, from 0.'),
})

/** "A client of class C from address A, connected to B, will be told X." */
export const passivePreviewBody = z.object({
  user: z.string().optional().describe('Whose class is found out; else `userClass` is taken as it is.'),
  userClass: z.string().optional(),
  client: z.string(),
  destination: z.string().optional().describe('Address the client dialled; default the first listener.'),
  rules: z.array(addressRule).max(10_000).optional().describe('A draft; default those in force.'),
})
export const passivePreview = z.object({
  userClass: z.string(),
  userClassBecause: z.object({ code: z.string(), text: z.string() }),
  address: z.string(),
  because: z.object({ code: z.string(), text: z.string() }),
  rule: z.int().optional().describe('Place of the rule that decided, from 0.'),
  sentence: z.string(),
})
export type PassivePreview = z.output<typeof passivePreview>

export const userClass = z.strictObject({
  name: z.string(),
  enabled: z.boolean().default(true),
  users: z.string().optional(),
  groups: z.string().optional(),
  from: z.string().optional(),
})
export type UserClass = z.output<typeof userClass>
export const userClasses = z.object({ base: z.int().min(0), classes: z.array(userClass).max(10_000) })
export const userClassTryBody = z.object({
  user: z.string(),
  address: z.string(),
  classes: z.array(userClass).max(10_000).optional(),
})
export const userClassTried = z.object({
  userClass: z.string(),
  because: z.object({ code: z.string(), text: z.string() }),
  groups: z.array(z.string()),
  known: z.boolean().describe('Whether there is such a user.'),
})

/** Advice on the number of ports. Whatever somebody has typed so far is taken: what is no number is a problem in the answer. */
export const portAdviceQuery = z.object({
  basePort: z.string().max(40),
  numberOfPorts: z.string().max(40),
  kind: z.enum(['passive', 'active']),
})
export const portAdvice = z.object({
  portEnd: z.int().optional(),
  problems: z.array(z.string()),
  advice: z.array(z.string()),
})
export type PortAdvice = z.output<typeof portAdvice>
