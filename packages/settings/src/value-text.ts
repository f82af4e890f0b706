import { schemaAt } from './json-schema.ts'
import { parsePath } from './paths.ts'

/** A value that was read, or why it could not be. */
export type ReadValue = { readonly value: unknown } | { readonly wrong: string }

/**
 * Reads the value of a setting from a command line: YAML, as a file would have it behind the colon, so `true`, `5m`,
 * `[10.0.0.0/8, ::1]` and `{ host: 0.0.0.0 }` work. Where only a text can stand it is taken as it is, unless it is
 * quoted: permission bits such as 022 stay what they are.
 */
export async function readValueText(path: string, text: string): Promise<ReadValue> {
  if (schemaAt(parsePath(path))?.type === 'string' && !/^\s*['"]/.test(text)) return { value: text }
  // Only now: most commands need no YAML.
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text, { version: '1.2', prettyErrors: false, stringKeys: true })
  const [error] = document.errors
  if (error !== undefined) return { wrong: `is not YAML: ${error.message.split('\n')[0]}` }
  try {
    return { value: document.toJS({ maxAliasCount: 0 }) }
  } catch {
    return { wrong: 'must not hold aliases (&name, *name)' }
  }
}
