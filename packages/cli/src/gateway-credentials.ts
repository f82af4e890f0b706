import type { AgentOptions } from '@portolan/gateway'
import type { ClientIo } from './client/client-io.ts'
import { promptPassword } from './client/password-prompt.ts'
import type { AgentFlags } from './gateway-commands.ts'
import { readSecretLine } from './gateway-flags.ts'

type Credentials = AgentOptions['credentials']

/**
 * Finds what an agent signs in with: the token of a file, else the password of `--password-file`, `PORTOLAN_PASSWORD` or the
 * terminal, with the code of `--code`, which is good once, or of the terminal. What a file says is not tried twice in one sign-in: a
 * wrong password that is repeated locks the user out.
 * @param prompt - asks the person; undefined where there is none
 */
export function credentialsFor(
  flags: AgentFlags,
  io: ClientIo,
  prompt = (question: string) => promptPassword(io, question),
): Credentials {
  const { user, tokenFile, passwordFile } = flags
  let code = flags.code
  /** What was typed, for the question that follows: the code alone. */
  let typed: string | undefined
  const givenPassword = async () =>
    passwordFile === undefined
      ? io.env.PORTOLAN_PASSWORD || undefined
      : await readSecretLine(passwordFile, '--password-file', io)
  return async ({ codeNeeded, text, refusals }) => {
    if (tokenFile !== undefined)
      return refusals > 0 ? undefined : { token: await readSecretLine(tokenFile, '--token-file', io) }
    const given = await givenPassword()
    // A code that was refused may be asked for again; a password that was given by a file may not.
    if (given !== undefined && refusals > 0 && !codeNeeded) return undefined
    if (refusals > 0) io.err(text)
    const password =
      given ?? (codeNeeded ? typed : undefined) ?? (await prompt(`Password of ${user} (not shown): `))
    if (password === undefined) {
      io.err(`There is no password for ${user}: give it by --password-file or PORTOLAN_PASSWORD`)
      return undefined
    }
    if (given === undefined) typed = password
    const first = code
    code = undefined
    if (!codeNeeded) return { password, ...(first !== undefined && { code: first }) }
    const asked = first ?? (await prompt(`Code of the second factor of ${user} (not shown): `))
    return asked === undefined ? undefined : { password, code: asked }
  }
}
