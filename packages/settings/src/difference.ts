import { isDeepStrictEqual } from 'node:util'
import { alignLists } from './align.ts'
import { formatSetting } from './explain.ts'
import { type Input, isSection, mergeLayers } from './layers.ts'
import { tryParse } from './parse.ts'
import { formatPath, type PathParts } from './paths.ts'

/** A setting that is not what it was. Values as the file would write them; absent where there is none. */
export interface SettingDifference {
  readonly path: string
  readonly before?: string
  readonly after?: string
}

/**
 * What differs between settings, or between parts of them before the schema has seen them. Items of lists are found
 * again by name, or by what they say: one that was put in is one difference, and not one of all behind it; one that
 * has only moved says from which place to which.
 */
export function differenceOf(before: object, after: object): SettingDifference[] {
  return [...walk([], before, after)]
}

function* walk(parts: PathParts, before: unknown, after: unknown): Generator<SettingDifference> {
  if (isDeepStrictEqual(before, after)) return
  if (isSectionOrNone(before) && isSectionOrNone(after)) {
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])
    for (const key of keys) yield* walk([...parts, key], fieldOf(before, key), fieldOf(after, key))
    if (keys.size === 0) yield entry(parts, before, after)
  } else if (isListOrNone(before) && isListOrNone(after)) {
    const [was, is] = [before ?? [], after ?? []]
    yield* was.length + is.length === 0 ? [entry(parts, before, after)] : walkList(parts, was, is)
  } else {
    yield entry(parts, before, after)
  }
}

function* walkList(
  parts: PathParts,
  before: readonly unknown[],
  after: readonly unknown[],
): Generator<SettingDifference> {
  for (const step of alignLists(before, after)) {
    if (step.kind === 'removed') yield entry([...parts, step.from], before[step.from], undefined)
    else if (step.kind === 'added') yield entry([...parts, step.to], undefined, after[step.to])
    else {
      const path = [...parts, step.to]
      if (step.kind === 'moved') {
        yield { path: formatPath(path), before: `place ${step.from + 1}`, after: `place ${step.to + 1}` }
      }
      yield* walk(path, before[step.from], after[step.to])
    }
  }
}

function entry(parts: PathParts, before: unknown, after: unknown): SettingDifference {
  return {
    path: formatPath(parts),
    ...(before !== undefined && { before: formatSetting(parts, before) }),
    ...(after !== undefined && { after: formatSetting(parts, after) }),
  }
}

const isSectionOrNone = (value: unknown): value is Input | undefined =>
  value === undefined || isSection(value)

const isListOrNone = (value: unknown): value is readonly unknown[] | undefined =>
  value === undefined || Array.isArray(value)

const fieldOf = (value: unknown, key: string) =>
  isSection(value) && Object.hasOwn(value, key) ? value[key] : undefined

/**
 * What differs between two trees of the store: in what both come to over the file, or, where one of them is no settings
 * any more because the file or the schema has changed since, in the trees themselves.
 * @param file - what the file says
 */
export function versionDifference(file: Input, before: Input, after: Input): SettingDifference[] {
  const { users: _, groups: __, ...below } = file
  const [was, is] = [before, after].map(tree => tryParse(mergeLayers(below, tree)))
  if (was?.kind === 'valid' && is?.kind === 'valid') return differenceOf(was.settings, is.settings)
  return differenceOf(before, after)
}
