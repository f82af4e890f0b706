import { optionTexts } from './option-texts.ts'
import { formatPath, type PathParts } from './paths.ts'

/** The part of JSON Schema that the schema of the settings is made of. */
export interface FormSchema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, FormSchema>>
  readonly additionalProperties?: boolean | FormSchema
  readonly items?: FormSchema
  readonly anyOf?: readonly FormSchema[]
  readonly 'x-unit'?: 'duration' | 'size' | 'rate'
}

interface Base {
  /** Last part of the path. */
  readonly name: string
  readonly path: string
  readonly label: string
  readonly description: string
  readonly required: boolean
  /** What holds when nobody has set it; undefined where nothing does. */
  readonly default: unknown
}

/** One setting, as a form shows it. */
export type Field = Base &
  (
    | { readonly kind: 'switch' }
    | { readonly kind: 'number'; readonly minimum?: number; readonly maximum?: number }
    | { readonly kind: 'choice'; readonly options: readonly Option[] }
    | { readonly kind: 'text' | 'lines' | 'duration' | 'size' }
    /** Texts: as a list, or as one text where the schema takes both. */
    | { readonly kind: 'list' }
    /** Texts by a name that people choose. */
    | { readonly kind: 'record' }
    | { readonly kind: 'table'; readonly columns: readonly Field[] }
    | { readonly kind: 'section'; readonly fields: readonly Field[]; readonly optional: boolean }
  )
export type FieldOf<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>
interface Option {
  readonly value: string
  readonly text?: string
}

/** Texts of these settings may have several lines. */
const SEVERAL_LINES = new Set(['messages.greeting', 'messages.login'])

/** The form of a setting or a section. */
export function fieldOf(schema: FormSchema, parts: PathParts, required = false): Field {
  const name = String(parts.at(-1) ?? '')
  const path = formatPath(parts)
  const base: Base = {
    name,
    path,
    label: labelOf(name),
    description: schema.description ?? '',
    required,
    default: schema.default,
  }
  if (schema.properties) {
    const optional = schema.default === undefined && !required && parts.length > 0
    return { ...base, kind: 'section', optional, fields: fieldsOf(schema, parts) }
  }
  if (schema['x-unit']) return { ...base, kind: schema['x-unit'] === 'duration' ? 'duration' : 'size' }
  if (schema.enum) {
    const texts = optionTexts(base.description, schema.enum)
    return { ...base, kind: 'choice', options: schema.enum.map(value => ({ value, ...texts[value] })) }
  }
  if (schema.anyOf) return { ...base, kind: schema.anyOf.some(branch => branch.items) ? 'list' : 'text' }
  if (schema.items) {
    if (!schema.items.properties) return { ...base, kind: 'list' }
    return { ...base, kind: 'table', columns: fieldsOf(schema.items, []) }
  }
  if (schema.type === 'boolean') return { ...base, kind: 'switch' }
  if (schema.type === 'integer' || schema.type === 'number') {
    return { ...base, kind: 'number', minimum: schema.minimum, maximum: schema.maximum }
  }
  if (schema.type === 'object') return { ...base, kind: 'record' }
  return { ...base, kind: SEVERAL_LINES.has(path) ? 'lines' : 'text' }
}

function fieldsOf(schema: FormSchema, parts: PathParts): Field[] {
  return Object.entries(schema.properties ?? {}).map(([key, child]) =>
    fieldOf(child, [...parts, key], schema.required?.includes(key) ?? false),
  )
}

/** Every setting below a field, sections left out. */
export function* settingsBelow(field: Field): Generator<Field> {
  if (field.kind !== 'section') yield field
  else for (const child of field.fields) yield* settingsBelow(child)
}

/** Words that are not written as they are spelled in a key. */
const WORDS: Readonly<Record<string, string>> = {
  tls: 'TLS',
  ca: 'CA',
  ftp: 'FTP',
  ip: 'IP',
  proxy: 'PROXY',
  url: 'URL',
}

/** A key of the settings as a label: `sessionsPerAddress` is "Sessions per address". */
export function labelOf(key: string): string {
  const words = key
    .split(/(?=[A-Z])/)
    .map(word => WORDS[word.toLowerCase()] ?? word.toLowerCase())
    .join(' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** What is wrong with a text before the server is asked; undefined when nothing is. The server's word is the one that counts. */
export function problemOf(field: Field, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (value === '') return 'must not be empty'
  if (field.kind === 'number') return numberProblem(field, value)
  if (
    field.kind === 'duration' &&
    typeof value === 'string' &&
    !/^\s*\d+(\.\d+)?\s*(ms|s|m|h|d)\s*$/.test(value)
  ) {
    return 'must be a duration such as 30s, 5m or 24h'
  }
  if (
    field.kind === 'size' &&
    typeof value === 'string' &&
    !/^\s*\d+(\.\d+)?\s*([kmgt]i?)?b\s*$/i.test(value)
  ) {
    return 'must be a size such as 512KiB, 10MiB or 1GB'
  }
  return undefined
}

function numberProblem(field: FieldOf<'number'>, value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'must be a whole number'
  if (field.minimum !== undefined && value < field.minimum) return `must be at least ${field.minimum}`
  if (field.maximum !== undefined && value > field.maximum) return `must be at most ${field.maximum}`
  return undefined
}
