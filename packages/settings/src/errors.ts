/** One mistake in the settings. */
export interface Problem {
  /** Where, such as `listeners[0].port`; empty for the whole. */
  readonly path: string
  /** What is wrong and what is allowed. */
  readonly message: string
  /** Place in the file, counted from 1, when the setting came from one. */
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

/** Settings that cannot be used. `message` holds one line for each problem, as `file:line:column: path: what`. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly code: SettingsErrorCode
  readonly problems: readonly Problem[]

  /** @param file - put before each line of the message */
  constructor(
    code: SettingsErrorCode,
    problems: readonly Problem[],
    options: ErrorOptions & { file?: string } = {},
  ) {
    super(problems.map(problem => formatProblem(problem, options.file)).join('\n'), options)
    this.code = code
    this.problems = problems
  }
}

/** A problem as one line: `file:line:column: path: what is wrong, what is allowed`. */
export function formatProblem({ path, message, line, column }: Problem, file?: string): string {
  const place = file === undefined || line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return [place, path === '' ? undefined : path, message].filter(part => part !== undefined).join(': ')
}
