import { TLSSocket } from 'node:tls'
import { unwrapControl } from '@portolan/channels'
import type { Session } from '../session/session.ts'
import type { Commands } from './command.ts'

/** TLS: RFC 2228 and RFC 4217. */
export const SECURITY_COMMANDS = {
  AUTH: {
    login: 'any',
    argument: 'required',
    syntax: 'AUTH TLS',
    features: session => (session.context.tlsOptions ? ['AUTH TLS', 'AUTH SSL'] : []),
    run(session, { argument }) {
      // TLS-C and TLS-P are the drafts' names for AUTH TLS with PROT C and PROT P; SSL is what old clients send.
      const mechanism = /^(TLS|SSL|TLS-C|TLS-P)$/i.exec(argument)?.[0]?.toUpperCase()
      const listener = session.listenerSettings
      if (!session.context.tlsOptions || listener.tls === 'off') return session.say('tls.off')
      if (!mechanism) return session.say('tls.mechanism')
      if (session.tls) return session.say(listener.tls === 'implicit' ? 'tls.implicit' : 'tls.already')
      if (session.state.phase === 'ready') {
        return session.say('command.sequence', { text: 'Send AUTH before USER.' })
      }
      session.state = { phase: 'greeted' }
      session.afterReply = () => session.beginTls()
      return session.say('tls.go')
    },
  },
  PBSZ: {
    login: 'any',
    argument: 'required',
    syntax: 'PBSZ 0',
    features: session => (session.context.tlsOptions ? ['PBSZ'] : []),
    run(session, { argument }) {
      if (!session.tls) return session.say('tls.needs-auth')
      if (!/^\d{1,10}$/.test(argument)) {
        return session.say('command.bad-argument', { text: 'PBSZ takes a number; under TLS it is 0.' })
      }
      session.data.sized = true
      return session.say('tls.pbsz')
    },
  },
  PROT: {
    login: 'any',
    argument: 'required',
    syntax: 'PROT C|P',
    features: session => (session.context.tlsOptions ? ['PROT'] : []),
    run(session, { argument }) {
      if (!session.tls) return session.say('tls.needs-auth')
      if (!session.data.sized) return session.say('tls.pbsz-first')
      switch (argument.toUpperCase()) {
        case 'P':
          session.data.protected = true
          return session.say('tls.prot-private')
        case 'C':
          if (session.listenerSettings.encryptData) return session.say('tls.prot-required')
          session.data.protected = false
          return session.say('tls.prot-clear')
        case 'S':
        case 'E':
          return session.say('tls.prot-unsupported')
        default:
          return session.say('tls.prot-bad')
      }
    },
  },
  CCC: {
    login: 'required',
    argument: 'none',
    syntax: 'CCC',
    features: session => (session.context.tlsOptions ? ['CCC'] : []),
    run(session) {
      if (!session.secured) return session.say('tls.needs-auth')
      const { tls } = session.listenerSettings
      if (tls === 'required' || tls === 'implicit') return session.say('tls.clear-refused')
      session.afterReply = () => clearControl(session)
      return session.say('tls.clear')
    },
  },
} as const satisfies Commands

/** CCC: the control connection goes on in the clear; NAT and firewalls can read PASV again, data stays under TLS. */
async function clearControl(session: Session): Promise<void> {
  await session.control.replaceSocket(async socket =>
    socket instanceof TLSSocket ? unwrapControl(socket) : socket,
  )
}
