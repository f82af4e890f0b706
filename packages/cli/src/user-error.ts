/** Something the person at the terminal has to put right. `message` has a line for each mistake and is all that is shown. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** Exit codes of the command: 0 it went well, 1 a failure of its own, 2 something the person has to put right. */
export const EXIT = { ok: 0, failed: 1, user: 2 } as const

/** The sentence and exit code for an error that ended the command. Only failures of its own show where they happened. */
export function explainError(error: unknown): { text: string; exitCode: number } {
  if (error instanceof UserError || isToldByName(error)) {
    return { text: error.message, exitCode: EXIT.user }
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: `This is a mistake in portolan, please report it: ${text}`, exitCode: EXIT.failed }
}

/** By their names, so that `config`, `--help` and the client need not load the server and its settings. */
const TOLD = new Set(['SettingsError', 'ServerError', 'FtpError', 'StoreError', 'NodeError', 'GatewayError'])

function isToldByName(error: unknown): error is Error {
  return error instanceof Error && TOLD.has(error.name)
}
