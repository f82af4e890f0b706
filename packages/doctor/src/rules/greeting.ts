import type { GreetingEvidence } from '../evidence.ts'
import type { Rule } from './facts.ts'
import type { Verdict } from './verdict.ts'

/** What answers on the port. */
export const greetingRules: Rule = ({ options, evidence }) => {
  const { greeting } = evidence
  if (!greeting) return []
  const { kind } = greeting
  if (greeting.otherStart) return [wrongStart(greeting, options.port)]
  if (kind === 'ftp') return masked(greeting)
  if (kind === 'ssh') return [sftp(greeting)]
  if (kind === 'refused') return [busy(greeting)]
  if (kind === 'http' || kind === 'mail' || kind === 'other' || kind === 'tls') return [notFtp(greeting)]
  return [kind === 'silence' ? silence(greeting, options.port) : cut(greeting)]
}

function masked({ text = '' }: GreetingEvidence): readonly Verdict[] {
  if (!/^220[ -][*\s]*\*{4,}[*\s]*$/.test(text)) return []
  return [
    {
      code: 'INSPECTION_MASKS_BANNER',
      confidence: 'likely',
      severity: 'warning',
      text: `The greeting is nothing but asterisks (${text.slice(0, 40)}): a firewall that inspects FTP, as Cisco’s does, stands between and hides it. Such inspection often blocks EPSV, AUTH TLS or long commands too.`,
      fixes: {
        client: 'Use TLS where the inspection lets it through: it cannot read or change what goes under TLS.',
        network:
          'Switch the inspection of FTP off for this server and open the passive ports by a rule of their own.',
      },
    },
  ]
}

function sftp({ text = '' }: GreetingEvidence): Verdict {
  return {
    code: 'THIS_IS_SFTP',
    confidence: 'certain',
    severity: 'error',
    text: `An SSH server answers on this port (${text.slice(0, 60)}). It may offer SFTP, which is another protocol than FTP and needs another client; FTP over TLS is called FTPS.`,
    fixes: {
      client: 'Use an SFTP client for this port, or give the port of the FTP server, which is 21 as a rule.',
      server: 'If FTP is meant, see that the FTP server listens on its own port.',
    },
  }
}

function busy({ text = '', code }: GreetingEvidence): Verdict {
  return {
    code: 'SERVER_BUSY',
    confidence: code === 421 ? 'certain' : 'likely',
    severity: 'error',
    text: `The server answers and lets nobody in at the moment: ${text}`,
    fixes: {
      client: 'Close other sessions of this user or address, or try again later.',
      server:
        'Raise the limit on sessions, in all and from one address. It may also have blocked this address.',
    },
  }
}

function wrongStart({ asked, text }: GreetingEvidence, port: number): Verdict {
  const implicit = asked === 'implicit'
  return {
    code: 'WRONG_PORT_MODE',
    confidence: 'certain',
    severity: 'error',
    text: implicit
      ? `TLS from the first byte (implicit TLS) was tried on port ${port}, and the server greets in the clear there: ${text ?? '220'}. It expects AUTH TLS after the greeting.`
      : `The server says nothing on port ${port} in the clear, and speaks TLS from the first byte there: this is a port for implicit TLS.`,
    fixes: {
      client: implicit
        ? 'Use explicit TLS: ftpes:// in place of ftps://, or --tls explicit.'
        : `Use implicit TLS: ftps:// with port ${port}, or --tls implicit.`,
    },
  }
}

function notFtp({ kind, text = '' }: GreetingEvidence): Verdict {
  const what = { http: 'A web server', mail: 'A mail server' }[
    kind === 'http' || kind === 'mail' ? kind : 'http'
  ]
  const known = kind === 'http' || kind === 'mail'
  return {
    code: 'NOT_FTP',
    confidence: 'certain',
    severity: 'error',
    text: `${known ? what : 'Something that does not speak FTP'} answers on this port${text === '' ? '' : `: ${text.slice(0, 80)}`}`,
    fixes: {
      client: 'Check the host and the port: FTP uses 21, implicit TLS 990.',
      network: 'If both are right, the port is forwarded to the wrong host, or a proxy answers in its place.',
    },
  }
}

function silence({ ms, asked }: GreetingEvidence, port: number): Verdict {
  return {
    code: 'NO_GREETING',
    confidence: 'certain',
    severity: 'error',
    text: `Port ${port} accepts the connection, and then nothing comes for ${Math.round(ms / 1000)} seconds${asked === 'implicit' ? '' : ', in the clear or under TLS'}. Either the server hangs or is slow (some look up the name of the client first, or ask it by ident), or a device answers in its place and cannot reach it.`,
    fixes: {
      client: 'Allow more time with --step-timeout 60, which tells a slow server from a silent one.',
      server:
        'See whether it runs and how loaded it is; switch reverse DNS look-ups and ident (RFC 1413) off.',
      network: 'Behind a load balancer or port forwarding: see that the server behind it answers.',
    },
  }
}

function cut({ kind, ms }: GreetingEvidence): Verdict {
  return {
    code: 'GREETING_CUT',
    confidence: 'certain',
    severity: 'error',
    text: `The connection is accepted and ${kind === 'reset' ? 'reset' : 'closed'} after ${ms} ms, before any greeting: the server or a device before it does not want this client.`,
    fixes: {
      client: 'Wait and try again: after many failed logins servers block an address for a while.',
      server:
        'Look into its log for this address: access rules, TCP wrappers, a ban after failed logins, or too many sessions.',
      network: 'A firewall that allows the connection first and judges it afterwards shows like this.',
    },
  }
}
