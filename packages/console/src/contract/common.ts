import { z } from 'zod'

/** Milliseconds since 1970. */
export const time = z.int().min(0)

/** A text that a list is searched with. */
const search = z.string().max(200)

/** Which page of a collection; the query of every list that is counted. */
export function pageQuery<const Sort extends readonly [string, ...string[]]>(sorts: Sort) {
  return z.object({
    offset: z.coerce.number().int().min(0).max(10_000_000).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(50),
    sort: z.enum(sorts).default(sorts[0] as Sort[number]),
    order: z.enum(['asc', 'desc']).default('asc'),
    search: search.optional(),
  })
}

/** A page of a collection. */
export const pageOf = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), total: z.int() })

/** Which rows of a log, newest first. */
export const logQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.string().max(64).optional().describe('`next` of the page before.'),
  from: z.coerce.number().int().min(0).optional(),
  to: z.coerce.number().int().min(0).optional(),
  search: search.optional(),
})

/** A page of a log. `next` is absent on the last one. */
export const logPageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: z.string().optional() })

/** Why something is as it is. */
export const because = z.object({ code: z.string(), text: z.string() })

/** One mistake, with the field it is in. */
export const fieldProblem = z.object({
  path: z.string().describe('Path of the field, such as `passive.basePort`; empty for the whole.'),
  message: z.string(),
})

/** An error, as RFC 9457 has it. */
export const problem = z.object({
  type: z.string().describe('`about:blank`: the code says it.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What is wrong and what to do.'),
  code: z.string().describe('Stable, such as `SETTINGS_STALE`.'),
  errors: z.array(fieldProblem).optional().describe('Every mistake at once.'),
})

export type FieldProblem = z.output<typeof fieldProblem>
export type ProblemDetails = z.output<typeof problem>
export type Because = z.output<typeof because>
export interface Page<T> {
  readonly items: readonly T[]
  readonly total: number
}
export interface LogPage<T> {
  readonly items: readonly T[]
  readonly next?: string | undefined
}
