import { z } from 'zod'
import { type PathParts, parsePath } from './paths.ts'
import { settingsSchema } from './schema.ts'

/** The part of JSON Schema that the schema of the settings is made of. */
export interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly additionalProperties?: boolean | JsonSchema
  /** Of a number once parsed: what it counts. */
  readonly 'x-unit'?: 'duration' | 'size' | 'rate'
  readonly [keyword: string]: unknown
}

/** The schema of a settings file as JSON Schema (draft 2020-12), for editors and forms. */
export function settingsJsonSchema(): JsonSchema {
  const made: unknown = z.toJSONSchema(settingsSchema, { io: 'input' })
  return { title: 'Portolan settings', ...(made as JsonSchema) }
}

let cached: JsonSchema | undefined

/** The schema of one setting; undefined where there is none. */
export function schemaAt(parts: PathParts): JsonSchema | undefined {
  cached ??= settingsJsonSchema()
  return parts.reduce<JsonSchema | undefined>((schema, part) => {
    const branches = schema === undefined ? [] : [schema, ...(schema.anyOf ?? [])]
    return branches
      .map(branch => (typeof part === 'number' ? branch.items : named(branch, part)))
      .find(found => found !== undefined)
  }, cached)
}

/** What a setting is for, in the words of the schema: its own, or those of what is nearest around it. */
export function describeSetting(path: string): string {
  const parts = parsePath(path)
  return parts.reduce<string>(
    (text, _, index) => schemaAt(parts.slice(0, index + 1))?.description ?? text,
    '',
  )
}

/** The schema of a key: its own, or that of every key where names are free. */
function named({ properties, additionalProperties }: JsonSchema, key: string): JsonSchema | undefined {
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key]
  return typeof additionalProperties === 'object' ? additionalProperties : undefined
}

/** Paths of every section and setting with a name, as `timeouts.idle` or `users.home`; lists count as what they hold. */
export function settingsNamed(name: string): string[] {
  cached ??= settingsJsonSchema()
  return [...walk(cached, [])].filter(parts => parts.at(-1) === name).map(parts => parts.join('.'))
}

function* walk(schema: JsonSchema, parts: readonly string[]): Generator<readonly string[]> {
  for (const [key, child] of Object.entries(schema.properties ?? {})) {
    yield [...parts, key]
    yield* walk(child, [...parts, key])
  }
  for (const child of [schema.items, ...(schema.anyOf ?? [])]) {
    if (child !== undefined) yield* walk(child, parts)
  }
}
