import { writtenValue } from './explain.ts'
import { isTree, type PathParts } from './paths.ts'
import type { Settings } from './schema.ts'

/**
 * All settings as a file would write them: durations `5m`, sizes `10MiB`, permission bits `'022'`. Without users and
 * groups, and so without secrets. A file that says this has the same settings.
 */
export function settingsAsInput({ users: _, groups: __, ...settings }: Settings): Record<string, unknown> {
  return writtenTree([], settings)
}

/**
 * A part of parsed settings as a file would write it.
 * @param parts - where the part stands in the settings
 */
export function writtenTree(parts: PathParts, section: object): Record<string, unknown> {
  const fields = Object.entries(section).filter(([, value]) => value !== undefined)
  return Object.fromEntries(fields.map(([key, value]) => [key, written([...parts, key], value)]))
}

function written(parts: PathParts, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, index) => written([...parts, index], item))
  return isTree(value) ? writtenTree(parts, value) : writtenValue(parts, value)
}
