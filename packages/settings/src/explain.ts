import { schemaAt } from './json-schema.ts'
import { formatPath, isTree, leaves, type PathParts } from './paths.ts'
import { formatDuration, formatSize } from './schema/units.ts'
import type { Settings } from './schema.ts'

/** Where a value comes from: `flag` beats `store`, `store` beats `file`, `file` beats `default`. */
export type Origin = 'default' | 'file' | 'store' | 'flag'

/** One setting in force. */
export interface ExplainedSetting {
  readonly path: string
  /** As the file would write it: `5m`, `10MiB`, `required`. Passwords are not shown. */
  readonly value: string
  readonly origin: Origin
}

/**
 * Every setting in force and where it comes from, in the order of the schema.
 * @param origins - what was set by whom, by path; a path stands for all below it, and the longest that fits counts
 */
export function explainSettings(
  settings: Settings,
  origins: ReadonlyMap<string, Origin>,
): ExplainedSetting[] {
  return [...leaves(settings)].map(({ parts, value }) => ({
    path: formatPath(parts),
    value: formatSetting(parts, value),
    origin: originOf(parts, origins),
  }))
}

function originOf(parts: PathParts, origins: ReadonlyMap<string, Origin>): Origin {
  for (let length = parts.length; length > 0; length--) {
    const origin = origins.get(formatPath(parts.slice(0, length)))
    if (origin !== undefined) return origin
  }
  return 'default'
}

/**
 * A value as the file would write it, on one line: `5m`, `10MiB`, `[10.0.0.0/8, ::1]`. Passwords are not shown.
 * @param parts - the setting it is a value of
 */
export function formatSetting(parts: PathParts, value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => formatSetting([...parts, index], item)).join(', ')}]`
  }
  if (isTree(value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    const texts = fields.map(([key, field]) => `${key}: ${formatSetting([...parts, key], field)}`)
    return texts.length === 0 ? '{}' : `{ ${texts.join(', ')} }`
  }
  if (parts.at(-1) === 'password') return '(hidden)'
  const written = writtenValue(parts, value)
  if (typeof written !== 'string') return JSON.stringify(written) ?? ''
  if (parts.at(-1) === 'umask') return `'${written}'`
  return /^[\w./:*@+-]+( [\w./:*@+-]+)*$/.test(written) ? written : JSON.stringify(written)
}

/** A parsed value as the file writes it: durations, sizes, rates and permission bits as texts, all else as it is. */
export function writtenValue(parts: PathParts, value: unknown): unknown {
  if (typeof value !== 'number') return value
  const unit = schemaAt(parts)?.['x-unit']
  if (unit === 'duration') return formatDuration(value)
  if (unit !== undefined) return `${formatSize(value)}${unit === 'rate' ? '/s' : ''}`
  return parts.at(-1) === 'umask' ? value.toString(8).padStart(3, '0') : value
}
