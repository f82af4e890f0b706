import { formatPath } from '@portolan/settings'

/** One mistake, or one thing worth knowing. */
export interface Finding {
  /** Where, such as `timeouts.idle` or `steps[2].to`; empty for the whole. */
  readonly path: string
  /** What is wrong and what is allowed, without the path. */
  readonly message: string
}

/** What a check found: a value that may be saved, with what a person should know of it; or every mistake at once. */
export type Checked<T> =
  | { readonly value: T; readonly warnings: readonly Finding[] }
  | { readonly problems: readonly Finding[] }

/** Collects what checks find. */
export class Findings {
  readonly problems: Finding[] = []
  readonly warnings: Finding[] = []

  refuse(path: readonly PropertyKey[], message: string): void {
    this.problems.push({ path: formatPath(path), message })
  }

  warn(path: readonly PropertyKey[], message: string): void {
    this.warnings.push({ path: formatPath(path), message })
  }

  /** The value when nothing was refused. */
  of<T>(value: T): Checked<T> {
    return this.problems.length > 0 ? { problems: this.problems } : { value, warnings: this.warnings }
  }
}
