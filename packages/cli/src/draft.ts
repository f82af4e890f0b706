import { type Overlay, parsePath } from '@portolan/settings'

type Tree = Record<string | number, unknown>

/**
 * Settings that flags are being put over. What is changed is copied, what is not stays the same object: by that the
 * lines of the file are found again.
 */
export class SettingsDraft {
  #input: Readonly<Record<string, unknown>>
  readonly #flags = new Map<string, string>()

  constructor(input: Readonly<Record<string, unknown>>) {
    this.#input = input
  }

  overlay(): Overlay {
    return { input: this.#input, flags: this.#flags }
  }

  /** Sets a value. With a flag, the flag is what it came from. */
  set(path: string, value: unknown, flag?: string): void {
    this.#input = put(this.#input, parsePath(path), value)
    if (flag !== undefined) this.mark(path, flag)
  }

  /** Says which flag a path, and all below it, came from. */
  mark(path: string, flag: string): void {
    this.#flags.set(path, flag)
  }

  /** Takes a setting out, so that its default counts. */
  remove(path: string): void {
    if (this.get(path) !== undefined) this.#input = put(this.#input, parsePath(path), undefined)
  }

  get(path: string): unknown {
    return parsePath(path).reduce<unknown>(
      (value, part) => (isTree(value) ? value[part] : undefined),
      this.#input,
    )
  }

  /** A list of sections; empty when it is not set. */
  list(path: string): readonly Readonly<Record<string, unknown>>[] {
    const value = this.get(path)
    return Array.isArray(value) ? value.filter(isTree) : []
  }

  /** The listeners; those of the defaults are put in when none are set, so that they can be changed. */
  listeners(): readonly Readonly<Record<string, unknown>>[] {
    if (this.list('listeners').length === 0) this.set('listeners', [{ name: 'public' }])
    return this.list('listeners')
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

function put<T>(root: T, parts: readonly (string | number)[], value: unknown): T
function put(root: unknown, [part, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (part === undefined) return value
  const copy: Tree | unknown[] = Array.isArray(root) ? [...root] : { ...(isTree(root) ? root : {}) }
  const child = put(isTree(root) ? root[part] : undefined, rest, value)
  if (Array.isArray(copy)) copy[Number(part)] = child
  else if (child === undefined) delete copy[part]
  else copy[part] = child
  return copy
}
