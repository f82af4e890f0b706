import { formatProblem, type Problem, SettingsError } from '@portolan/settings'

/** Something the person at the terminal has to put right. `message` has a line for each mistake and is all that is shown. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** Exit codes of the command: 0 it went well, 1 a failure of its own, 2 something the person has to put right. */
export const EXIT = { ok: 0, failed: 1, user: 2 } as const

/** @throws {UserError} with a line for each problem, unless there is none */
export function throwProblems(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new UserError(problems.map(formatProblem).join('\n'))
}

/** The sentence and exit code for an error that ended the command. Only failures of its own show where they happened. */
export function explainError(error: unknown): { text: string; exitCode: number } {
  if (error instanceof UserError || error instanceof SettingsError || isServerError(error)) {
    return { text: error.message, exitCode: EXIT.user }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: `This is a mistake in portolan, please report it: ${text}`, exitCode: EXIT.failed }
}

/** By its name, so that `config` and `--help` need not load the server. */
function isServerError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ServerError'
}
