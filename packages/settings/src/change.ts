import { unknownKey } from './describe-issues.ts'
import type { Problem } from './errors.ts'
import { fileOnlyProblems } from './file-only.ts'
import { schemaAt } from './json-schema.ts'
import { type Input, isSection } from './layers.ts'
import { defaultSettings } from './parse.ts'
import { formatPath, isTree, type PathParts, parsePath, valueAt } from './paths.ts'
import { settingsAsInput } from './written.ts'

/** One change of settings: a new value, or the way back to what the layer below says. */
export type SettingChange =
  | { readonly path: string; readonly value: unknown }
  | { readonly path: string; readonly reset: true }

/** No setting nests deeper; what does is no mistake but an attack. */
const DEEPEST = 20

/**
 * Applies changes to the sparse tree of the store. A change inside a list, such as of `listeners[0].port`, takes the
 * whole list over from the layer below, because lists replace each other whole; the reset of a list's item removes it,
 * and the place behind the last one adds one. Whether the values are right is for the schema to say.
 * @param below - what the file says, for those lists
 * @returns the changed tree, without the changes that `problems` tells of
 */
export function changeDocument(
  document: Input,
  changes: readonly SettingChange[],
  below: Input = {},
): { readonly document: Input; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  let changed = document
  for (const change of changes) {
    const parts = parsePath(change.path)
    const wrong = whyNot(change, parts)
    const next = wrong === undefined ? apply(changed, parts, change, below) : { wrong }
    if ('wrong' in next) problems.push({ path: change.path, ...next.wrong })
    else changed = next.document
  }
  return { document: changed, problems: [...problems, ...fileOnlyProblems(document, changed, below)] }
}

type Wrong = Omit<Problem, 'path'>

/** Why a change cannot even be tried. */
function whyNot(change: SettingChange, parts: PathParts): Wrong | undefined {
  const [section] = parts
  if (formatPath(parts) !== change.path || section === undefined) {
    return { message: 'is no path of a setting: write it as passive.basePort or listeners[0].port' }
  }
  if (section === 'users' || section === 'groups') {
    return { message: `is not changed here: ${section} are kept one by one, and not as settings` }
  }
  const unknown = parts.findIndex((_, index) => schemaAt(parts.slice(0, index + 1)) === undefined)
  if (unknown >= 0) {
    const part = parts[unknown]
    const around = formatPath(parts.slice(0, unknown))
    if (typeof part === 'number') return { message: `is not a setting; ${around} is no list` }
    const { message } = unknownKey(parts.slice(0, unknown + 1))
    return { message, isUnknown: true }
  }
  if ('reset' in change) return undefined
  if (change.value === undefined) return { message: 'needs a value' }
  if (isTooDeep(change.value, DEEPEST)) return { message: `must not nest deeper than ${DEEPEST} levels` }
}

function isTooDeep(value: unknown, left: number): boolean {
  if (!isTree(value)) return false
  return left === 0 || Object.values(value).some(child => isTooDeep(child, left - 1))
}

function apply(
  document: Input,
  parts: PathParts,
  change: SettingChange,
  below: Input,
): { document: Input } | { wrong: Wrong } {
  try {
    const root = put({ root: document, parts, change, below }, document, 0)
    return { document: isSection(root) ? root : {} }
  } catch (error) {
    if (error instanceof NoPlace) return { wrong: { message: error.message } }
    throw error
  }
}

/** There is nothing at the place that a path names. */
class NoPlace extends Error {}

interface Work {
  readonly root: Input
  readonly parts: PathParts
  readonly change: SettingChange
  readonly below: Input
}

/** A copy of a node with the change made in it; undefined when nothing is left of it. */
function put(work: Work, node: unknown, depth: number): unknown {
  const part = work.parts[depth]
  if (part === undefined) return 'reset' in work.change ? undefined : work.change.value
  return typeof part === 'number' ? putItem(work, node, depth, part) : putKey(work, node, depth, part)
}

function putKey(work: Work, node: unknown, depth: number, key: string): unknown {
  if (node !== undefined && !isSection(node)) {
    throw new NoPlace(`${formatPath(work.parts.slice(0, depth))} is no section`)
  }
  const fields = new Map(Object.entries(node ?? {}))
  const child = put(work, fields.get(key), depth + 1)
  if (child === undefined) fields.delete(key)
  else fields.set(key, child)
  // An item of a list stays, even if it says nothing any more: others have places behind it.
  const isItem = typeof work.parts[depth - 1] === 'number'
  return fields.size === 0 && !isItem ? undefined : Object.fromEntries(fields)
}

function putItem(work: Work, node: unknown, depth: number, place: number): unknown {
  const list = [...(node === undefined ? listBelow(work, depth) : asList(node))]
  const isLast = depth === work.parts.length - 1
  const adds = place === list.length && isLast && 'value' in work.change
  if (place >= list.length && !adds) {
    const name = formatPath(work.parts.slice(0, depth))
    throw new NoPlace(
      list.length === 0
        ? `${name} is empty`
        : `there is no such item: the last one is ${name}[${list.length - 1}]`,
    )
  }
  const item = put(work, list[place], depth + 1)
  if (item === undefined) list.splice(place, 1)
  else list[place] = item
  return list
}

/** The list that is in force without the store: the file's, or else that of the defaults. */
function listBelow({ parts, below }: Work, depth: number): readonly unknown[] {
  const path = parts.slice(0, depth)
  const given = valueAt(below, path) ?? valueAt(settingsAsInput(defaultSettings()), path)
  return given === undefined || given === null ? [] : asList(given)
}

/** A single item may stand where a list is meant. */
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
