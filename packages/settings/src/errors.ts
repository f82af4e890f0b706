/** One mistake in the settings. */
export interface Problem {
  /** Where, such as `listeners[0].port`; empty for the whole. */
  readonly path: string
  /** What is wrong and what is allowed. */
  readonly message: string
  /** True when there is no such setting at all: then the place is that of its name. */
  readonly isUnknown?: true
  /** The file, or the flag such as `--listen`, that says it. */
  readonly source?: string
  /** Place in the file, counted from 1. */
  readonly line?: number
  readonly column?: number
}

/**
 * Why settings cannot be used. Stable across releases:
 *
 * - `SETTINGS_INVALID`: values that are not allowed; `problems` names every one.
 * - `SETTINGS_SYNTAX`: the file is no YAML.
 * - `SETTINGS_FILE`: the file cannot be read.
 */
export type SettingsErrorCode = 'SETTINGS_INVALID' | 'SETTINGS_SYNTAX' | 'SETTINGS_FILE'

/** Settings that cannot be used. `message` holds one line for each problem, as {@link formatProblem} writes it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code: SettingsErrorCode
  readonly problems: readonly Problem[]

  constructor(code: SettingsErrorCode, problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n'), options)
    this.code = code
    this.problems = problems
  }
}

/** A problem as one line: `file:line:column: path: what is wrong, what is allowed`. */
export function formatProblem({ path, message, source, line, column }: Problem): string {
  const place = source !== undefined && line !== undefined ? `${source}:${line}:${column ?? 1}` : source
  return [place, path, message].filter(part => part !== undefined && part !== '').join(': ')
}

/** The order in which a person reads a file; what has no line comes first. */
export function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
