import type { Command, Commands } from './command.ts'
import { DATA_COMMANDS } from './data.ts'
import { DIGEST_COMMANDS } from './digests.ts'
import { FACT_COMMANDS } from './facts.ts'
import { FOLDER_COMMANDS } from './folders.ts'
import { LISTING_COMMANDS } from './listings.ts'
import { LOGIN_COMMANDS } from './login.ts'
import { metaCommands } from './meta.ts'
import { SECURITY_COMMANDS } from './security.ts'
import { SITE } from './site.ts'
import { SPACE_COMMANDS } from './space.ts'
import { TRANSFER_COMMANDS } from './transfers.ts'

/** Every command that is answered. Anything absent gets 500 (RFC 959 section 4.2). */
const COMMANDS: Commands = {
  ...LOGIN_COMMANDS,
  ...SECURITY_COMMANDS,
  ...DATA_COMMANDS,
  ...TRANSFER_COMMANDS,
  ...LISTING_COMMANDS,
  ...FOLDER_COMMANDS,
  ...FACT_COMMANDS,
  ...DIGEST_COMMANDS,
  ...SPACE_COMMANDS,
  SITE,
  ...metaCommands(() => COMMANDS),
}

/** The row of a verb, in upper case. */
export function commandOf(verb: string): Command | undefined {
  return Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined
}
