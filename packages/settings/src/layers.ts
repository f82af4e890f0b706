import { isDeepStrictEqual } from 'node:util'
import { formatPath, isTree, type PathParts } from './paths.ts'

/** Settings before the schema has seen them: a tree in the shape of a settings file. */
export type Input = Readonly<Record<string, unknown>>

/** What the store says; it lies over the file and below the flags. Without users and groups. */
export interface StoreLayer {
  readonly input: Input
  /** Absent: a draft, which is no version yet. */
  readonly version?: number
}

/** One layer put over another: sections merge, lists and plain values of the upper one replace those of the lower one. */
export function mergeLayers(below: Input, above: Input): Input {
  const keys = Object.keys(above)
  // What nothing lies over stays the same object: by that the lines of the file are found again.
  if (keys.length === 0) return below
  const merged = keys.map((key): [string, unknown] => {
    const [lower, upper] = [Object.hasOwn(below, key) ? below[key] : undefined, above[key]]
    return [key, isSection(lower) && isSection(upper) ? mergeLayers(lower, upper) : upper]
  })
  return Object.fromEntries([...Object.entries(below), ...merged])
}

/** Groups of the settings and of the store together; of two with one name, that of the store counts. */
export function mergeGroups(input: Input, groups: readonly Input[]): Input {
  const own = input.groups ?? []
  // What is no list is a mistake of the file, which the schema tells.
  if (groups.length === 0 || !Array.isArray(own)) return input
  const names = new Set(groups.map(group => group.name))
  const others = own.filter(group => !(isTree(group) && names.has(group.name)))
  return { ...input, groups: [...others, ...groups] }
}

/** Paths at which the lower layer says something that the upper one replaces with something else. */
export function* hiddenPaths(below: Input, above: Input, parts: PathParts = []): Generator<string> {
  for (const [key, upper] of Object.entries(above)) {
    const lower = Object.hasOwn(below, key) ? below[key] : undefined
    if (lower === undefined) continue
    if (isSection(lower) && isSection(upper)) yield* hiddenPaths(lower, upper, [...parts, key])
    else if (!isDeepStrictEqual(lower, upper)) yield formatPath([...parts, key])
  }
}

/** Whether a value is a section, and not a list. */
export function isSection(value: unknown): value is Input {
  return isTree(value) && !Array.isArray(value)
}
