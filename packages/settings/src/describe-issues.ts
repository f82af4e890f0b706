import type { z } from 'zod'
import type { Problem } from './errors.ts'
import { schemaAt, settingsNamed } from './json-schema.ts'
import { formatPath, isTree, type PathParts, valueAt } from './paths.ts'
import { suggest } from './suggest.ts'

type Issue = z.core.$ZodIssue

/**
 * What the schema found, as sentences: what is wrong, what is allowed, and what was given.
 * @param input - what was checked, to show what stands at the place
 */
export function describeIssues(issues: readonly Issue[], input: unknown): Problem[] {
  const found = issues.flatMap(issue => describe(issue, [], input))
  // The schema goes on with its checks when the kind of value is wrong: its first complaint is the one to tell.
  return [...new Map(found.toReversed().map(problem => [problem.path, problem])).values()].toReversed()
}

function describe(issue: Issue, parents: PathParts, input: unknown): Problem[] {
  const parts = [...parents, ...issue.path].map(part => (typeof part === 'number' ? part : String(part)))
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...parts, key]))
  if (issue.code === 'invalid_union') {
    // A branch whose complaints are all about what is inside took the kind of value: that is what the person meant.
    const branch = issue.errors.find(found => found.length > 0 && found.every(inner => inner.path.length > 0))
    if (branch !== undefined) return branch.flatMap(inner => describe(inner, parts, input))
  }
  const given = valueAt(input, parts)
  const path = formatPath(parts)
  if (given === undefined) return [{ path, message: `is missing: ${allowed(issue, parts)}` }]
  return [{ path, message: `${allowed(issue, parts)}${shown(issue, given, parts)}` }]
}

/** What the schema says is allowed. The schema's own words are used where it has some; zod's are not for administrators. */
function allowed(issue: Issue, parts: PathParts): string {
  if (issue.code === 'invalid_type' && /^(Invalid|Too|Unrecognized)/.test(issue.message)) {
    if (issue.expected === 'object') {
      const keys = Object.keys(schemaAt(parts)?.properties ?? {})
      return keys.length === 0 ? 'must be a section' : `must be a section with ${keys.join(', ')}`
    }
    return `must be ${issue.expected === 'array' ? 'a list' : `a ${issue.expected}`}`
  }
  return issue.message
}

/** The longest piece of a value that a message repeats. */
const SHOWN = 60

function shown(issue: Issue, given: unknown, parts: PathParts): string {
  if (parts.includes('password') || parts.includes('key')) return ''
  if (given === null) return '; nothing stands here'
  if (isTree(given)) {
    if (!issue.code.startsWith('invalid_')) return ''
    return Array.isArray(given) ? ', and not a list' : ', and not a section'
  }
  const text = JSON.stringify(given)
  return `, and not ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`
}

/** That there is no such setting, and which was probably meant. */
export function unknownKey(parts: PathParts): Problem {
  const key = String(parts.at(-1))
  const siblings = Object.keys(schemaAt(parts.slice(0, -1))?.properties ?? {})
  const near = suggest(key, siblings)
  const elsewhere = near === undefined ? settingsNamed(key) : []
  const hint =
    near !== undefined
      ? `did you mean ${near}?`
      : elsewhere.length > 0
        ? `it belongs to ${elsewhere.slice(0, 3).map(withPlace).join(' or ')}`
        : `known here: ${siblings.join(', ')}`
  return { path: formatPath(parts), message: `is not a setting; ${hint}`, isUnknown: true }
}

const withPlace = (path: string) => (path.includes('.') ? path : `the top, as ${path}`)
