import type { Problem } from './errors.ts'
import type { Input, StoreLayer } from './layers.ts'
import { formatPath, isTree, type PathParts, parsePath, valueAt } from './paths.ts'
import type { SettingsText } from './settings-text.ts'

/** The layers that settings were put together from. */
export interface Layers {
  /** All of them together. */
  readonly input: Input
  readonly file: SettingsText | undefined
  readonly store: StoreLayer | undefined
  /** Groups of the store, as they stand in `input`. */
  readonly groups: readonly Input[]
  /** Which path was set by which flag; a path stands for all below it. */
  readonly flags: ReadonlyMap<string, string>
}

/** Who has set something: a flag, the store or the file. */
type Source = 'flag' | 'store' | 'file'

/** Says of every path who has set it, and of a problem where it comes from. */
export interface Sources {
  /** The layer that a path comes from; `file` for what none has set. */
  of(parts: PathParts): Source
  /** A problem with its flag, its version of the store, or its line of the file. */
  place(problem: Problem): Problem
}

/** Finds out who has set what. Sections and lists are known again by being the same object. */
export function sourcesOf({ input, file, store, groups, flags }: Layers): Sources {
  const inFile = placesOf(file?.input)
  const inStore = placesOf(store?.input)
  const inGroups = placesOf(groups)
  const of = (parts: PathParts): Source => {
    if (setBy(parts, flags) !== undefined) return 'flag'
    for (let length = parts.length; length > 0; length--) {
      const around = valueAt(input, parts.slice(0, length))
      if (inStore.has(around) || inGroups.has(around)) return 'store'
      if (inFile.has(around)) return 'file'
    }
    // Only merged sections are around it: those have the same path in every layer.
    return valueAt(store?.input, parts) === undefined ? 'file' : 'store'
  }
  const place = (problem: Problem): Problem => {
    const parts = parsePath(problem.path)
    const source = of(parts)
    if (source === 'flag') return { ...problem, ...sourceIs(setBy(parts, flags)) }
    if (source === 'store') return { ...problem, ...sourceIs(placeInStore(parts)) }
    if (file === undefined) return problem
    const there = formatPath(pathIn(inFile, parts, input))
    return { ...problem, source: file.file, ...file.locate(there, problem.isUnknown ? 'key' : 'value') }
  }
  const placeInStore = (parts: PathParts) => {
    if (parts[0] === 'groups')
      return `group ${String(valueAt(input, [...parts.slice(0, 2), 'name']))} of the store`
    return store?.version === undefined ? undefined : `version ${store.version} of the store`
  }
  return { of, place }
}

const sourceIs = (source: string | undefined) => (source === undefined ? {} : { source })

/** The flag that has set a path, or else what is nearest around it. */
export function setBy(parts: PathParts, flags: ReadonlyMap<string, string>): string | undefined {
  return parts
    .map((_, index) => flags.get(formatPath(parts.slice(0, index + 1))))
    .findLast(flag => flag !== undefined)
}

/** Where every section and list item stands in a layer. Layers above that add items to a list move those behind. */
function placesOf(root: unknown): ReadonlyMap<unknown, PathParts> {
  const places = new Map<unknown, PathParts>()
  const visit = (value: unknown, parts: PathParts) => {
    if (!isTree(value) || places.has(value)) return
    places.set(value, parts)
    for (const [key, child] of Array.isArray(value) ? value.entries() : Object.entries(value))
      visit(child, [...parts, key])
  }
  visit(root, [])
  return places
}

function pathIn(places: ReadonlyMap<unknown, PathParts>, parts: PathParts, input: Input): PathParts {
  for (let length = parts.length; length > 0; length--) {
    const place = places.get(valueAt(input, parts.slice(0, length)))
    if (place !== undefined) return [...place, ...parts.slice(length)]
  }
  return parts
}
