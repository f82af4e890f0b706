/** A field that is not what it was. Absent on the side where it is not there. */
export interface Difference {
  readonly path: string
  readonly before?: string
  readonly after?: string
}

/** Fields of one entry that are told apart; beyond them the whole is shown as one. */
const MOST = 200

/** What differs between two values of JSON, by field, in the order of the fields. Lists of plain values are one field. */
export function differences(before: unknown, after: unknown): readonly Difference[] {
  const from = fieldsOf(before)
  const to = fieldsOf(after)
  const paths = [...new Set([...from.keys(), ...to.keys()])]
  return paths
    .flatMap(path => {
      const [was, is] = [from.get(path), to.get(path)]
      if (was === is) return []
      return [{ path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }]
    })
    .slice(0, MOST)
}

function fieldsOf(value: unknown): Map<string, string> {
  const fields = new Map<string, string>()
  collect(value, '', fields)
  return fields
}

function collect(value: unknown, path: string, into: Map<string, string>): void {
  if (value === undefined || (value === null && path === '')) return
  if (isPlain(value)) {
    into.set(path, textOf(value))
    return
  }
  for (const [key, inner] of Object.entries(value as object)) {
    const step = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`
    collect(inner, path + step, into)
  }
}

/** What is one field: anything but an object, and a list of such. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(one => typeof one !== 'object' || one === null)
  return typeof value !== 'object' || value === null
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(textOf).join(', ')
  if (typeof value === 'string') return value === '' ? '(empty)' : value
  return JSON.stringify(value)
}
