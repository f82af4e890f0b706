import { duration, type Rule } from './facts.ts'
import type { Verdict } from './verdict.ts'

const SLOW_GREETING_MS = 5_000
const SLOW_LOGIN_MS = 5_000
/** From the end of the data to the 226. */
export const SLOW_COMPLETION_MS = 3_000

/** What takes longer than it has to. */
export const slowRules: Rule = ({ evidence: { greeting, login, closing } }) => {
  const found: Verdict[] = []
  if (greeting?.kind === 'ftp' && greeting.ms > SLOW_GREETING_MS)
    found.push({
      code: 'SLOW_GREETING',
      confidence: 'certain',
      severity: 'warning',
      text: `The greeting took ${duration(greeting.ms)}. Servers that look up the client’s name (reverse DNS) or ask it by ident (RFC 1413) wait so long when nobody answers.`,
      fixes: {
        client: 'Allow more time for the greeting.',
        server: 'Switch reverse DNS look-ups and ident off.',
        network:
          'Have the DNS answer for the client’s address; reject ident (port 113) instead of dropping it.',
      },
    })
  if (login?.outcome === 'ok' && login.ms > SLOW_LOGIN_MS)
    found.push({
      code: 'SLOW_LOGIN',
      confidence: 'certain',
      severity: 'warning',
      text: `The login took ${duration(login.ms)}.`,
      fixes: { server: 'See what the accounts are checked with (LDAP, PAM, a database) and why it is slow.' },
    })
  if (closing && closing.slowestMs > SLOW_COMPLETION_MS)
    found.push({
      code: 'SLOW_COMPLETION',
      confidence: 'certain',
      severity: 'warning',
      text: `After the last byte of a transfer it took up to ${duration(closing.slowestMs)} until the server said that it was complete.`,
      fixes: {
        client: 'Allow more time for the final reply.',
        server: 'It may scan files, compute checksums or write to slow storage before it answers.',
      },
    })
  return found
}
