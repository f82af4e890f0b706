/** The parts of a path through the settings: keys and places in lists. */
export type PathParts = readonly (string | number)[]

/** A path as the settings file's messages write it: `listeners[0].port`, `messages.replies["file.denied"]`. */
export function formatPath(parts: PathParts): string {
  return parts.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    if (!/^[A-Za-z_][\w-]*$/.test(part)) return `${text}[${JSON.stringify(part)}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
}

/** The inverse of {@link formatPath}. Text that is no path gives the parts that could be read. */
export function parsePath(text: string): PathParts {
  return [...text.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([A-Za-z_][\w-]*)/g)].map(
    ([, place, quoted, key]): string | number => {
      if (place !== undefined) return Number(place)
      if (quoted === undefined) return key ?? ''
      const read: unknown = JSON.parse(quoted)
      return String(read)
    },
  )
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, parts: PathParts): unknown {
  return parts.reduce<unknown>(
    (value, part) => (isTree(value) && Object.hasOwn(value, part) ? value[part] : undefined),
    root,
  )
}

/** Whether a path is another one or lies below it. */
export function isWithin(path: string, above: string): boolean {
  return path === above || (path.startsWith(above) && /^[.[]/.test(path.slice(above.length)))
}

/** What is told of the nearest path: of this one or of the one closest above it. */
export function nearest<T>(told: Readonly<Record<string, T>>, path: string): T | undefined {
  const parts = parsePath(path)
  for (let length = parts.length; length > 0; length--) {
    const above = formatPath(parts.slice(0, length))
    if (Object.hasOwn(told, above)) return told[above]
  }
  return undefined
}

/** Whether a value has values below it. */
export function isTree(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}
