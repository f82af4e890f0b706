/** The parts of a path through the settings: keys and places in lists. */
export type PathParts = readonly (string | number)[]

/** A path as people write it: `listeners[0].port`, `messages.replies["file.denied"]`. */
export function formatPath(parts: readonly PropertyKey[]): string {
  return parts.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const key = String(part)
    if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}

/** The inverse of {@link formatPath}. Text that is no path gives the parts that could be read. */
export function parsePath(text: string): PathParts {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_][\w-]*)/g)].map(
    ([, place, quoted, key]): string | number => {
      if (place !== undefined) return Number(place)
      return quoted === undefined ? (key ?? '') : String(JSON.parse(quoted))
    },
  )
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, parts: readonly PropertyKey[]): unknown {
  return parts.reduce<unknown>(
    (value, part) => (isTree(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    root,
  )
}

/** Whether a value has values below it. */
export function isTree(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}

/** Every path that ends in a plain value or in an empty list or section. */
export function* leaves(
  value: unknown,
  parts: PathParts = [],
): Generator<{ parts: PathParts; value: unknown }> {
  const entries = Array.isArray(value) ? [...value.entries()] : isTree(value) ? Object.entries(value) : []
  if (entries.length === 0) yield { parts, value }
  for (const [key, child] of entries) yield* leaves(child, [...parts, key])
}
