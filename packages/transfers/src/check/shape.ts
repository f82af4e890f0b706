import { formatPath, suggest } from '@portolan/settings'
import { z } from 'zod'
import type { Finding } from './problem.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** Reads a value by its schema, or tells every place where it does not fit. */
export function readShape<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): { readonly value: z.output<Schema> } | { readonly problems: readonly Finding[] } {
  const read = schema.safeParse(input)
  if (read.success) return { value: read.data }
  const found = read.error.issues.flatMap(issue => describe(issue, [], { schema, input }))
  // The first complaint of a place is the one to tell: those behind it follow from it.
  return { problems: [...new Map(found.toReversed().map(one => [one.path, one])).values()].toReversed() }
}

interface Context {
  readonly schema: z.ZodType
  readonly input: unknown
}

function describe(issue: Issue, parents: Path, context: Context): Finding[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey([...path, key], context))
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // The form whose complaints are all about what is inside is the one that was meant.
    const meant = issue.errors.find(found => found.length > 0 && found.every(inner => inner.path.length > 0))
    if (meant) return meant.flatMap(inner => describe(inner, path, context))
  }
  const given = valueAt(context.input, path)
  if (given === undefined && issue.code !== 'custom') {
    return [{ path: formatPath(path), message: `is missing: ${sentence(issue)}` }]
  }
  return [{ path: formatPath(path), message: sentence(issue) }]
}

/** The schema's own words where it has some; the library's are not for administrators. */
function sentence(issue: Issue): string {
  if (!/^(Invalid|Too|Unrecognized|Expected)/.test(issue.message)) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`
    case 'too_big':
      return `must be at most ${issue.maximum}${unit(issue.origin)}`
    case 'invalid_format':
      return FORMATS[issue.format] ?? `must be a valid ${issue.format}`
    case 'invalid_union':
      return issue.discriminator === undefined ? 'has a form that is not known' : 'is not known'
    default:
      return issue.message
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

const FORMATS: Readonly<Record<string, string>> = {
  url: 'must be a URL that begins with http:// or https://',
  email: 'must be an e-mail address',
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'array' ? ' entries' : ''
}

function unknownKey(path: Path, { schema, input }: Context): Finding {
  const known = keysAt(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
    path.slice(0, -1),
    input,
  )
  const near = suggest(String(path.at(-1)), known)
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${near}?`
  return { path: formatPath(path), message: `is not a setting; ${hint}` }
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly items?: unknown
  readonly anyOf?: readonly unknown[]
  readonly oneOf?: readonly unknown[]
}

/** Keys of the section at a path; of a section with several forms, those of the form that its constants name. */
function keysAt(schema: unknown, path: Path, input: unknown): string[] {
  const forms = formsOf(schema, input)
  const [next, ...rest] = path
  if (next === undefined) return [...new Set(forms.flatMap(form => Object.keys(form.properties ?? {})))]
  const inside = forms.flatMap(form =>
    typeof next === 'number' ? [form.items] : [form.properties?.[String(next)]],
  )
  const below = valueAt(input, [next])
  return [...new Set(inside.flatMap(part => (part === undefined ? [] : keysAt(part, rest, below))))]
}

function formsOf(schema: unknown, input: unknown): JsonSchema[] {
  if (!isTree(schema)) return []
  const parts: readonly unknown[] = [schema.anyOf, schema.oneOf].flatMap(list =>
    Array.isArray(list) ? list : [],
  )
  if (parts.length === 0) return [schema]
  const forms = parts.flatMap(part => formsOf(part, input))
  const named = forms.filter(form => constantsFit(form, input))
  return named.length > 0 ? named : forms
}

function constantsFit({ properties = {} }: JsonSchema, input: unknown): boolean {
  return Object.entries(properties).every(
    ([key, value]) => !isTree(value) || value.const === undefined || value.const === valueAt(input, [key]),
  )
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) => (isTree(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    root,
  )
}

const isTree = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null
