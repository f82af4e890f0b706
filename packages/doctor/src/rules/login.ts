import type { LoginEvidence } from '../evidence.ts'
import { type Rule, sentence } from './facts.ts'
import type { Verdict } from './verdict.ts'

/** USER and PASS. */
export const loginRules: Rule = ({ evidence }) => {
  const { login } = evidence
  return !login || login.outcome === 'ok' ? [] : [verdictOf(login)]
}

function verdictOf({ outcome, text = '', channel, user }: LoginEvidence): Verdict {
  const severity = 'error'
  switch (outcome) {
    case 'wants-tls':
      return {
        code: 'TLS_REQUIRED',
        confidence: 'certain',
        severity,
        text: `The server does not take passwords in the clear: ${sentence(text)}`,
        fixes: { client: 'Use explicit TLS: ftpes:// in place of ftp://, or --tls explicit.' },
      }
    case 'busy':
      return {
        code: 'TOO_MANY_CONNECTIONS',
        confidence: 'certain',
        severity,
        text: `The server lets no more sessions in: ${sentence(text)}`,
        fixes: {
          client:
            'Close other sessions of this user, use fewer at once, or wait until the server has noticed that old ones are gone.',
          server: 'Raise the limit on sessions of one user or address.',
        },
      }
    case 'closed':
    case 'timeout':
      return {
        code: 'LOGIN_BROKE',
        confidence: 'certain',
        severity,
        text: `The server ${outcome === 'timeout' ? 'did not answer' : 'closed the connection during'} the login: ${sentence(text)}`,
        fixes: {
          server: 'Look into its log: the account’s backend (LDAP, PAM, a database) may hang or fail.',
          ...(channel === 'clear' && {
            network:
              'A device that reads FTP along may cut the connection at USER or PASS: compare with TLS.',
          }),
        },
      }
    default:
      return {
        code: 'LOGIN_FAILED',
        confidence: 'certain',
        severity,
        text: `The server was reached, and did not accept the user ${user} with this password: ${sentence(text)}`,
        fixes: {
          client:
            'Check the user name, its domain or realm, and the password. Some servers want the name in the form user@host.',
          server:
            'See why in the log: a wrong password, a locked or expired account, or a user who may not come from this address.',
        },
      }
  }
}
