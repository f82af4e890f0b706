import { formatPath, suggest } from '@portolan/settings'
import { z } from 'zod'
import type { Finding } from '../errors.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** Reads a value by its schema, or tells every place where it does not fit. */
export function readShape<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): { readonly value: z.output<Schema> } | { readonly problems: readonly Finding[] } {
  const read = schema.safeParse(input)
  if (read.success) return { value: read.data }
  const found = read.error.issues.flatMap(issue => describe(issue, schema, input))
  // The first complaint of a place is the one to tell: those behind it follow from it.
  return { problems: [...new Map(found.toReversed().map(one => [one.path, one])).values()].toReversed() }
}

function describe(issue: Issue, schema: z.ZodType, input: unknown): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), issue.path)
    return issue.keys.map(key => {
      const near = suggest(key, known)
      const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`
      return { path: formatPath([...issue.path, key]), message: `is not known; ${hint}` }
    })
  }
  const path = formatPath(issue.path)
  // What `custom` complains of was read: a check of the whole may name a place that is not given.
  const isMissing = issue.code !== 'custom' && valueAt(input, issue.path) === undefined
  return [{ path, message: `${isMissing ? 'is missing: ' : ''}${sentence(issue)}` }]
}

/** The schema's own words where it has some; the library's are not for administrators. */
function sentence(issue: Issue): string {
  if (!/^(Invalid|Too|Unrecognized|Expected)/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(', ')}`.replace(/, ([^,]*)$/, ' or $1')
    case 'too_small':
      return `must ${issue.origin === 'string' || issue.origin === 'array' ? 'have' : 'be'} at least ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `must ${issue.origin === 'string' || issue.origin === 'array' ? 'have' : 'be'} at most ${issue.maximum}${unit(issue.origin)}`
    default:
      return 'is not of the form that is wanted'
  }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section',
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}

/** Keys of the section at a path. */
function keysAt(schema: unknown, path: Path): string[] {
  const [next, ...rest] = path
  if (next !== undefined) {
    return keysAt(
      typeof next === 'number' ? valueAt(schema, ['items']) : valueAt(schema, ['properties', next]),
      rest,
    )
  }
  const properties = valueAt(schema, ['properties'])
  return isTree(properties) ? Object.keys(properties) : []
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isTree(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    root,
  )
}

const isTree = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null
