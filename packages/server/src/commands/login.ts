import { parseHostArgument } from '@portolan/protocol'
import type { Refusal } from '../link.ts'
import { isAnonymousName } from '../policy/anonymous-name.ts'
import type { Session } from '../session/session.ts'
import type { Commands } from './command.ts'

/** Who is there: RFC 959 section 4.1.1, RFC 7151. */
export const LOGIN_COMMANDS = {
  USER: {
    login: 'any',
    argument: 'required',
    syntax: 'USER <name>',
    async run(session, { argument: user }) {
      if (session.state.phase === 'ready') return session.say('login.already')
      session.state = { phase: 'greeted' }
      if (session.listenerSettings.tls === 'required' && !session.secured) {
        return session.say('login.needs-tls')
      }
      const { users } = session.context
      const anonymous = users.anonymous && isAnonymousName(user)
      if (users.someNeedTls && !anonymous && !session.secured) {
        // Before the password is asked for: it must not travel in the clear.
        const needsTls = await session.owner.link.needsTls(user).catch(() => undefined)
        if (needsTls === undefined) return session.say('login.unavailable')
        if (needsTls) return session.say('login.user-needs-tls')
      }
      session.state = { phase: 'named', user, anonymous }
      return session.say(anonymous ? 'login.anonymous-password' : 'login.password', { user })
    },
  },
  PASS: {
    login: 'any',
    argument: 'optional',
    syntax: 'PASS <password>',
    async run(session, { argument: password }) {
      const state = session.state
      if (state.phase === 'ready') return session.say('login.already')
      if (state.phase === 'greeted') return session.say('login.user-first')
      return logIn(session, state.user, password)
    },
  },
  ACCT: {
    login: 'any',
    argument: 'required',
    syntax: 'ACCT <account>',
    run: session => session.say('command.superfluous', { verb: 'ACCT' }),
  },
  REIN: {
    login: 'any',
    argument: 'none',
    syntax: 'REIN',
    async run(session) {
      session.owner.link.loggedOut(session.id)
      await session.logOut()
      return session.say('login.reinitialised')
    },
  },
  QUIT: {
    login: 'any',
    argument: 'none',
    syntax: 'QUIT',
    run: session => session.say('session.goodbye'),
  },
  HOST: {
    login: 'any',
    argument: 'required',
    syntax: 'HOST <name>',
    features: ['HOST'],
    run(session, { argument }) {
      if (session.state.phase !== 'greeted') {
        return session.say('command.sequence', { text: 'Send HOST before USER (RFC 7151).' })
      }
      const host = parseHostArgument(argument)
      session.client.host = host.kind === 'name' ? host.name : host.address
      return session.context.greeting()
    },
  },
} as const satisfies Commands

async function logIn(session: Session, user: string, password: string) {
  const { link } = session.owner
  const answer = await link.login({
    session: session.id,
    listener: session.listener,
    address: session.ends.client.address,
    user,
    password,
    tls: session.secured,
  })
  if (answer.kind === 'refused') {
    session.state = { phase: 'greeted' }
    return refused(session, answer)
  }
  const { account } = answer
  try {
    const files = await session.owner.openFiles(account)
    session.state = { phase: 'ready', account, files }
  } catch (error) {
    link.loggedOut(session.id)
    session.state = { phase: 'greeted' }
    const text = error instanceof Error ? error.message : String(error)
    session.emit({
      type: 'login-failed',
      code: 'home',
      text: `the home of ${account.user} cannot be used: ${text}`,
    })
    return session.say('login.no-home')
  }
  session.idleTimeout = account.idleTimeout ?? session.context.settings.timeouts.idle
  session.emit({ type: 'login', userClass: account.userClass, because: account.userClassBecause })
  return session.say('login.ok', { user: account.user })
}

function refused(session: Session, refusal: Refusal) {
  const answer = session.say(refusal.key, refusal.values)
  if (refusal.close && answer.code !== 421) session.closeAfterReply = true
  return answer
}
