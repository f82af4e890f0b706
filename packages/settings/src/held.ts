import type { SettingChange } from './change.ts'
import { formatPath, type PathParts, parsePath, valueAt } from './paths.ts'
import { setBy } from './sources.ts'

/**
 * The flag that holds a path, so that nobody else can change it; undefined when none does. A flag that puts items into
 * a list holds the whole list: the places in it are not those of the file or the store.
 * @param flags - which path was set by which flag, as `loadSettings` says
 */
export function flagHolding(change: SettingChange, flags: ReadonlyMap<string, string>): string | undefined {
  const parts = parsePath(change.path)
  const around = setBy(parts, flags)
  if (around !== undefined) return around
  for (const [path, flag] of flags) {
    const held = parsePath(path)
    const list = typeof held.at(-1) === 'number' ? held.slice(0, -1) : undefined
    if (list !== undefined && (startsWith(parts, list) || startsWith(list, parts))) return flag
    // A section as a whole may say nothing about what a flag holds in it.
    if (!('value' in change) || !startsWith(held, parts)) continue
    if (valueAt(change.value, held.slice(parts.length)) !== undefined && !held.some(isPlace)) return flag
  }
}

const startsWith = (parts: PathParts, start: PathParts) =>
  parts.length >= start.length && formatPath(parts.slice(0, start.length)) === formatPath(start)

const isPlace = (part: string | number) => typeof part === 'number'
