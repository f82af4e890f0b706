import { schemaAt } from './json-schema.ts'
import { formatPath, isTree, leaves, type PathParts } from './paths.ts'
import { formatDuration, formatSize } from './schema/units.ts'
import type { Settings } from './schema.ts'

/** Where a value comes from: `flag` beats `file`, `file` beats `default`. */
export type Origin = 'default' | 'file' | 'flag'

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
    value: format(parts, value),
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

function format(parts: PathParts, value: unknown): string {
  if (parts.at(-1) === 'password') return '(hidden)'
  if (typeof value === 'number') {
    const unit = schemaAt(parts)?.['x-unit']
    if (unit === 'duration') return formatDuration(value)
    if (unit !== undefined) return `${formatSize(value)}${unit === 'rate' ? '/s' : ''}`
    if (parts.at(-1) === 'umask') return `'${value.toString(8).padStart(3, '0')}'`
  }
  if (typeof value === 'string' && /^[\w./:*@+-]+( [\w./:*@+-]+)*$/.test(value)) return value
  return isTree(value) ? (Array.isArray(value) ? '[]' : '{}') : JSON.stringify(value)
}
