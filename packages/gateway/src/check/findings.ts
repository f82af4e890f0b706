import { formatPath } from '@portolan/settings'
import type { Finding } from '../errors.ts'

/** What a check found: a value that may be saved, with what a person should know of it; or every mistake at once. */
export type Checked<T> =
  | { readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly problems: readonly Finding[] }

/** Collects what checks find. */
export class Findings {
  readonly problems: Finding[] = []
  readonly warnings: Finding[] = []
  readonly #refused = new Set<string>()

  /** The first complaint of a place is the one to tell. */
  refuse(path: readonly PropertyKey[], message: string): void {
    const text = formatPath(path)
    if (this.#refused.has(text)) return
    this.#refused.add(text)
    this.problems.push({ path: text, message })
  }

  warn(path: readonly PropertyKey[], message: string): void {
    this.warnings.push({ path: formatPath(path), message })
  }

  /** The value when nothing was refused. */
  of<T>(value: T): Checked<T> {
    return this.problems.length > 0 ? { problems: this.problems } : { value, warnings: this.warnings }
  }
}
