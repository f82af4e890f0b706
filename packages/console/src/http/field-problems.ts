import { formatPath } from '@portolan/settings'
import type { z } from 'zod'
import type { FieldProblem } from '../contract/index.ts'

type Issue = z.core.$ZodIssue

/** What a schema found, as sentences by field: every mistake at once, one for each field. */
export function fieldProblems(issues: readonly Issue[]): FieldProblem[] {
  const found = issues.flatMap(issue => describe(issue, []))
  // A schema goes on with its checks when the kind of value is wrong: its first complaint is the one to tell.
  return [...new Map(found.toReversed().map(problem => [problem.path, problem])).values()].toReversed()
}

function describe(issue: Issue, parents: readonly (string | number)[]): FieldProblem[] {
  const parts = [...parents, ...issue.path.map(part => (typeof part === 'number' ? part : String(part)))]
  const path = formatPath(parts)
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => ({ path: formatPath([...parts, key]), message: 'is not known here' }))
    case 'invalid_union': {
      // A branch whose complaints are all about what is inside took the kind of value: that is what was meant.
      const branch = issue.errors.find(one => one.length > 0 && one.every(inner => inner.path.length > 0))
      if (branch) return branch.flatMap(inner => describe(inner, parts))
      const others = issue.errors.flat().map(inner => sentence(inner))
      return [{ path, message: [...new Set(others)].join(', or ') || sentence(issue) }]
    }
    default:
      return [{ path, message: sentence(issue) }]
  }
}

/** Zod's own texts begin so; those of the contract are sentences already. */
const ZODS_OWN = /^(Invalid|Too|Unrecognized|Expected)\b/

function sentence(issue: Issue): string {
  if (!ZODS_OWN.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      if (/received undefined$/.test(issue.message)) return 'is missing'
      return `must be ${kind(issue.expected)}`
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(', ')}`.replace(/, ([^,]*)$/, ' or $1')
    case 'too_small':
      return `must ${verb(issue.origin)} at least ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `must ${verb(issue.origin)} at most ${issue.maximum}${unit(issue.origin)}`
    default:
      return 'is not of the form that is wanted'
  }
}

function kind(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    array: 'a list',
    int: 'a whole number',
    object: 'an object',
    record: 'an object',
    null: 'null',
  }
  return words[expected] ?? `a ${expected}`
}

const verb = (origin: string) => (origin === 'string' || origin === 'array' ? 'have' : 'be')
const unit = (origin: string) => (origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '')
