import { TransferError } from './errors.ts'

/** What placeholders stand for: `name`, `stem`, `extension`, `date`, `run`, ... and the properties of the cause. */
export type Properties = Readonly<Record<string, string | number>>

/** A placeholder: `{name}`; `{{` and `}}` are braces. */
const PLACEHOLDER = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g

/**
 * Puts values in the place of `{name}`.
 * @throws {TransferError} `TRANSFER_INVALID` for a placeholder that stands for nothing, and names those that do
 */
export function expandPlaceholders(template: string, properties: Properties): string {
  return template.replace(PLACEHOLDER, (found, key: string | undefined) => {
    if (found === '{{') return '{'
    if (found === '}}') return '}'
    if (key === undefined) throw wrong(template, 'has a brace without its other half; write {{ for a brace')
    const value = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (value !== undefined) return String(value)
    throw wrong(
      template,
      `has {${key}}, which stands for nothing here; known: ${Object.keys(properties).join(', ')}`,
    )
  })
}

/** What is wrong with a template whose placeholders will be these; undefined when nothing is. */
export function checkTemplate(template: string, known: readonly string[]): string | undefined {
  try {
    expandPlaceholders(template, Object.fromEntries(known.map(key => [key, ''])))
    return undefined
  } catch (error) {
    return error instanceof TransferError ? error.problems[0]?.message : String(error)
  }
}

/** Placeholders of a file: its name in parts, and the time in UTC. */
export function fileProperties(path: string, at: number): Properties {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  const time = new Date(at).toISOString()
  return {
    name,
    stem: dot > 0 ? name.slice(0, dot) : name,
    extension: dot > 0 ? name.slice(dot + 1) : '',
    folder: path.slice(0, Math.max(path.lastIndexOf('/'), 0)),
    date: time.slice(0, 10),
    time: time.slice(11, 19).replaceAll(':', ''),
    year: time.slice(0, 4),
    month: time.slice(5, 7),
    day: time.slice(8, 10),
  }
}

/** The keys of {@link fileProperties}. */
export const FILE_PLACEHOLDERS: readonly string[] = Object.keys(fileProperties('a', 0))

const wrong = (template: string, message: string) =>
  new TransferError('TRANSFER_INVALID', `"${template}" ${message}.`, [{ path: '', message }])
