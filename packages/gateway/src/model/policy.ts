import { z } from 'zod'
import { description, name } from './fields.ts'

const names = (what: string) =>
  z
    .array(z.string().min(1).max(255))
    .min(1, { error: `needs at least one ${what}` })
    .max(1_000)

/** Every day, or some, between two times of a time zone; an end that is not after the begin is on the next day. */
export const timeWindow = z.strictObject({
  days: z
    .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
    .min(1, { error: 'needs at least one day' }),
  /** `HH:MM`; `24:00` is the end of the day. */
  from: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'must be a time such as 08:00' }),
  to: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: 'must be a time such as 17:30, or 24:00' }),
  /** IANA name, such as `Europe/Berlin`. */
  timeZone: z.string().min(1).max(64).default('UTC'),
})
export type TimeWindow = z.output<typeof timeWindow>

/**
 * What has to hold for a rule: every condition that is given, and of each one of its values. No condition: always.
 * `users` are globs of user names; `clientNetworks` are networks in CIDR form, of the address from which the agent's machine reaches the edge.
 */
export const conditions = z.strictObject({
  users: names('user').optional(),
  groups: names('group').optional(),
  segments: names('segment').optional(),
  segmentGroups: names('segment group').optional(),
  clientNetworks: names('network').optional(),
  deviceLabels: names('label').optional(),
  times: z.array(timeWindow).min(1, { error: 'needs at least one time' }).max(50).optional(),
})
export type Conditions = z.output<typeof conditions>

const rule = { name, description, enabled: z.boolean().default(true), when: conditions.default({}) }

/** What agents do with a segment, before anybody asks whether it is allowed. */
export const forwardingRule = z.strictObject({
  ...rule,
  action: z.enum(['forward', 'bypass', 'forward-allowed']),
})
export type ForwardingRule = z.output<typeof forwardingRule>

/** Who may reach a segment. */
export const accessRule = z.strictObject({
  ...rule,
  action: z.enum(['allow', 'deny']),
  /** Said to a user whom it denies. */
  message: z.string().max(500).optional(),
})
export type AccessRule = z.output<typeof accessRule>

/** Ordered: the first rule that fits decides. No rule fits: forward. */
export const forwardingPolicy = z.strictObject({ rules: z.array(forwardingRule).max(10_000).default([]) })
export type ForwardingPolicy = z.output<typeof forwardingPolicy>

/** Ordered: the first rule that fits decides. No rule fits: denied. */
export const accessPolicy = z.strictObject({ rules: z.array(accessRule).max(10_000).default([]) })
export type AccessPolicy = z.output<typeof accessPolicy>
