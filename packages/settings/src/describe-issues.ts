import type { z } from 'zod'
import type { Problem } from './errors.ts'

/** What the schema found, as sentences. */
export function describeIssues(issues: readonly z.core.$ZodIssue[], _input: unknown): Problem[] {
  return issues.map(issue => ({ path: formatPath(issue.path), message: issue.message }))
}

/** A path as people write it: `listeners[0].port`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? String(part) : `${text}.${String(part)}`
  }, '')
}
