import type { Reply } from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import type { CommandCall, Commands } from './command.ts'
import { execute } from './execute.ts'

/** Goes on from a row whose argument begins with a verb of its own, such as SITE, to the row of that verb. */
export async function executeSubcommand(session: Session, call: CommandCall, rows: Commands): Promise<Reply> {
  const [, word = '', argument = ''] = /^(\S+) ?(.*)$/s.exec(call.argument) ?? []
  const name = word.toUpperCase()
  const verb = `${call.verb} ${name}`
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined
  return row
    ? execute(session, { verb, argument, line: call.line }, row)
    : session.say('command.unknown', { verb })
}
