import type { Reply } from '@portolan/protocol'
import type { Session } from '../session/session.ts'
import type { Command, CommandCall } from './command.ts'

/**
 * Carries out a row of the command table after the checks that it asks for. SITE comes here again with rows of its own.
 * @throws whatever becomes a reply in `reply-for-error.ts`
 */
export async function execute(
  session: Session,
  call: Omit<CommandCall, 'path'>,
  command: Command,
): Promise<Reply> {
  const { verb, argument } = call
  const refusal = check(session, verb, argument, command)
  if (refusal) return refusal
  const path = pathOf(session, argument, command)
  const permission = command.path?.needs
  if (permission && !session.files.may(permission, path)) {
    return session.say('file.denied', { permission, path })
  }
  return command.run(session, { ...call, path })
}

/** The checks in the order in which their replies matter to a client. */
function check(session: Session, verb: string, argument: string, command: Command): Reply | undefined {
  if (command.login === 'required' && session.state.phase !== 'ready') return session.say('login.first')
  if (argument.includes('\0')) {
    return session.say('command.bad-argument', { text: 'An argument cannot hold NUL.' })
  }
  const { syntax } = command
  if (command.argument === 'required' && argument === '') {
    return session.say('command.needs-argument', { syntax })
  }
  if (command.argument === 'none' && argument.trim() !== '') {
    return session.say('command.no-argument', { verb, syntax })
  }
  const { account } = session
  const forbidden = account && session.context.forbids(account.userClass, verb)
  return forbidden ? session.say('command.forbidden', { verb }) : undefined
}

function pathOf(session: Session, argument: string, command: Command): string {
  if (!command.path) return ''
  return argument === '' ? session.files.cwd : session.files.resolve(argument)
}
