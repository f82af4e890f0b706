import type { Origin, SettingChange, SettingsView } from '@portolan/console/contract'
import { formatPath, isTree, isWithin, nearest, type PathParts, parsePath, valueAt } from './paths.ts'
import type { Field } from './schema-form.ts'

/** What was typed and is not saved: by path a new value, or the way back to the layer below the store. */
export type Draft = ReadonlyMap<string, DraftChange>
export type DraftChange = { readonly kind: 'value'; readonly value: unknown } | { readonly kind: 'reset' }

export const emptyDraft: Draft = new Map()

/**
 * The value that a form shows: the draft's, else the one in force. After a reset: undefined, as nobody has asked the layer
 * below yet.
 */
export function draftValue(draft: Draft, view: SettingsView, path: string): unknown {
  const parts = parsePath(path)
  for (let length = parts.length; length > 0; length--) {
    const change = draft.get(formatPath(parts.slice(0, length)))
    if (change?.kind === 'value') return valueAt(change.value, parts.slice(length))
    if (change?.kind === 'reset') return undefined
  }
  return valueAt(view.effective, parts)
}

/** The draft with a new value. One that is in force already is no change. */
export function withValue(draft: Draft, view: SettingsView, path: string, value: unknown): Draft {
  const next = withoutBelow(draft, path)
  const parts = parsePath(path)
  for (let length = parts.length - 1; length > 0; length--) {
    const above = formatPath(parts.slice(0, length))
    const change = draft.get(above)
    // A whole section is new: what is typed below is a part of it.
    if (change?.kind === 'value') {
      return next.set(above, { kind: 'value', value: withPart(change.value, parts.slice(length), value) })
    }
    if (change?.kind === 'reset') return next.set(path, { kind: 'value', value })
  }
  if (!sameValue(value, valueAt(view.effective, parts))) next.set(path, { kind: 'value', value })
  return next
}

/**
 * The draft after a field was emptied: a reset when the store has set what need not be set, no change when it was empty,
 * and else an empty value, which {@link import('./schema-form.ts').problemOf} refuses.
 */
export function withEmpty(draft: Draft, view: SettingsView, field: Field): Draft {
  if (field.default === undefined && !field.required) {
    if (valueAt(view.effective, parsePath(field.path)) === undefined) return withoutBelow(draft, field.path)
    if (originOf(view, field.path) === 'store') return withReset(draft, field.path)
  }
  return withValue(draft, view, field.path, '')
}

/** The draft in which a setting goes back to what the file, or else the default, says. */
export function withReset(draft: Draft, path: string): Draft {
  return withoutBelow(draft, path).set(path, { kind: 'reset' })
}

/** The draft without what was typed at a path and below it. */
export const withoutChange = (draft: Draft, path: string): Draft => withoutBelow(draft, path)

function withoutBelow(draft: Draft, path: string): Map<string, DraftChange> {
  return new Map([...draft].filter(([below]) => !isWithin(below, path)))
}

function withPart(whole: unknown, parts: PathParts, value: unknown): unknown {
  const [part, ...rest] = parts
  if (part === undefined) return value
  const tree = isTree(whole) ? whole : {}
  const made = withPart(tree[part], rest, value)
  if (Array.isArray(whole)) return whole.map((item: unknown, place) => (place === part ? made : item))
  return { ...tree, [part]: made }
}

/** The draft as the API takes it. */
export function changesOf(draft: Draft): SettingChange[] {
  return [...draft].map(([path, change]) =>
    change.kind === 'reset' ? { path, reset: true } : { path, value: change.value },
  )
}

/** A later one beats those before it. */
const LAYERS: readonly Origin[] = ['default', 'file', 'store', 'flag']

/**
 * Where a value in force comes from: the origin told of the path, else of the nearest one above, else the strongest of
 * what is told below, as of the parts of a list.
 */
export function originOf(view: SettingsView, path: string): Origin {
  return (
    nearest(view.origins, path) ??
    below(view.origins, path).reduce<Origin>(
      (strongest, origin) => (LAYERS.indexOf(origin) > LAYERS.indexOf(strongest) ? origin : strongest),
      'default',
    )
  )
}

/** The flag of the start that holds a setting or a part of it, if one does: then nobody else can change it. */
export function flagOf(view: SettingsView, path: string): string | undefined {
  return nearest(view.flags, path) ?? below(view.flags, path)[0]
}

function below<T>(told: Readonly<Record<string, T>>, path: string): T[] {
  return Object.entries(told).flatMap(([key, value]) => (isWithin(key, path) ? [value] : []))
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
