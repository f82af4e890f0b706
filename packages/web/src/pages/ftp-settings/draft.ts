import type { Origin, SettingChange, SettingsView } from '@portolan/console/contract'
import { isTree, isWithin, nearest, parsePath, valueAt } from './paths.ts'

/** What was typed and is not saved: by path a new value, or the way back to the layer below the store. */
export type Draft = ReadonlyMap<string, DraftChange>
export type DraftChange = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'reset' }

export const emptyDraft: Draft = new Map()

/** The value that a form shows: the draft's, else the one in force. After a reset: undefined, as nobody has asked the layer below yet. */
export function draftValue(draft: Draft, view: SettingsView, path: string): unknown {
  const change = draft.get(path)
  if (change?.kind === 'value') return change.value
  if (change?.kind === 'reset') return undefined
  return valueAt(view.effective, parsePath(path))
}

/**
 * The draft with a new value. One that is in force already is no change. Undefined takes a value away: a reset when the
 * store has set it, and else nothing that could be saved.
 */
export function withValue(draft: Draft, view: SettingsView, path: string, value: unknown): Draft {
  const next = new Map(draft)
  for (const below of draft.keys()) if (isWithin(below, path)) next.delete(below)
  if (value === undefined) {
    if (originOf(view, path) === 'store') next.set(path, { kind: 'reset' })
  } else if (!sameValue(value, valueAt(view.effective, parsePath(path)))) {
    next.set(path, { kind: 'value', value })
  }
  return next
}

/** The draft in which a setting goes back to what the file, or else the default, says. */
export function withReset(draft: Draft, path: string): Draft {
  const next = new Map(draft)
  for (const below of draft.keys()) if (isWithin(below, path)) next.delete(below)
  next.set(path, { kind: 'reset' })
  return next
}

/** The draft without what was typed at a path. */
export function withoutChange(draft: Draft, path: string): Draft {
  const next = new Map(draft)
  next.delete(path)
  return next
}

/** The draft as the API takes it. */
export function changesOf(draft: Draft): SettingChange[] {
  return [...draft].map(([path, change]) =>
    change.kind === 'reset' ? { path, reset: true } : { path, value: change.value },
  )
}

/** Where a value in force comes from: the origin told of the path, else of the nearest one above. */
export function originOf(view: SettingsView, path: string): Origin {
  return nearest(view.origins, path) ?? 'default'
}

/** The flag of the start that holds a setting, if one does: then nobody else can change it. */
export function flagOf(view: SettingsView, path: string): string | undefined {
  return nearest(view.flags, path)
}

/** A draft laid over settings that somebody else has changed meanwhile. */
export interface LaidOver {
  readonly draft: Draft
  /** Paths that both have changed, and to different values: the draft's stand. */
  readonly both: readonly string[]
}

/** Lays a draft that was made on `before` over `after`. Changes that `after` has already are dropped. */
export function layOver(draft: Draft, before: SettingsView, after: SettingsView): LaidOver {
  const laid = new Map<string, DraftChange>()
  const both: string[] = []
  for (const [path, change] of draft) {
    const parts = parsePath(path)
    const now = valueAt(after.effective, parts)
    if (change.kind === 'value' && sameValue(change.value, now)) continue
    if (change.kind === 'reset' && originOf(after, path) !== 'store') continue
    laid.set(path, change)
    if (!sameValue(valueAt(before.effective, parts), now)) both.push(path)
  }
  return { draft: laid, both }
}

/** Whether two values of a settings file are the same, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (!isTree(a) || !isTree(b)) return Object.is(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const given = (tree: Record<string | number, unknown>) =>
    Object.keys(tree).filter(key => tree[key] !== undefined)
  const keys = given(a)
  return (
    keys.length === given(b).length && keys.every(key => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  )
}
