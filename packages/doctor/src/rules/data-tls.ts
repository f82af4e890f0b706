import type { TransferEvidence } from '../evidence.ts'
import { type Facts, passiveSeverity, quote, type Rule, sentence } from './facts.ts'
import type { Verdict } from './verdict.ts'

/** How servers say that a data connection has to resume the session of the control connection. */
const REUSE = /session.{0,20}re-?us|re-?us.{0,20}session|resum|reuse/i

/** TLS on data connections: protection, resumption, tickets. */
export const dataTlsRules: Rule = facts => {
  const { login } = facts.evidence
  const unprotected = login?.protection
  if (unprotected !== undefined) return [noEncryption(unprotected)]
  const tried = facts.evidence['data-tls']?.transfers
  return tried ? resumption(tried) : nothingMoved(facts)
}

function noEncryption(said: string): Verdict {
  return {
    code: 'NO_DATA_ENCRYPTION',
    confidence: 'certain',
    severity: 'error',
    text: `The control connection is encrypted, and the server refuses to encrypt data connections (PROT P: ${quote(said)}). Files and listings would go over the network in the clear, so the client does not go on.`,
    fixes: {
      server: 'Switch TLS for data connections on.',
      network: 'A gateway that takes the server’s TLS upon itself must support PROT P.',
    },
  }
}

type Tried = readonly { readonly resume: boolean; readonly transfer: TransferEvidence }[]

function resumption(tried: Tried): readonly Verdict[] {
  const resumed = tried.filter(({ resume }) => resume).map(({ transfer }) => transfer)
  const plain = tried.find(({ resume }) => !resume)?.transfer
  const failed = resumed.findIndex(({ outcome }) => outcome !== 'moved')
  if (failed > 0) return [exhausted(failed, resumed[failed])]
  if (failed === 0) return [notResumed(resumed[0])]
  if (plain && plain.outcome !== 'moved' && resumed.some(({ tls }) => tls?.reused))
    return [reuseRequired(plain)]
  const any = resumed.some(({ tls }) => tls?.reused)
  return resumed.length > 0 && !any ? [noneResumed()] : []
}

function reuseRequired({ reply, text }: TransferEvidence): Verdict {
  const said = reply ?? text ?? ''
  return {
    code: 'SESSION_REUSE_REQUIRED',
    confidence: REUSE.test(said) ? 'certain' : 'likely',
    severity: 'note',
    text: `The server takes data connections only when they resume the TLS session of the control connection, which proves that the same client makes both: with resumption every listing came, without it none (${quote(said)}). Portolan resumes by itself. Clients that cannot, such as Python’s ftplib and older .NET and PHP programs, get no data here.`,
    fixes: {
      client: `Nothing, for this client. Others need session resumption: WinSCP “Reuse TLS/SSL session ID” (SslSessionReuse=1), lftp ftp:ssl-copy-sid on, curl without --no-sessionid.`,
      server:
        'It is good protection. Where a client cannot resume, the requirement can be dropped (vsftpd: require_ssl_reuse=NO).',
    },
  }
}

function exhausted(count: number, failed: TransferEvidence | undefined): Verdict {
  return {
    code: 'TICKETS_EXHAUSTED',
    confidence: 'likely',
    severity: 'error',
    text: `The first ${count} data connections under TLS worked, and the next failed (${quote(failed?.reply ?? failed?.text ?? failed?.outcome)}): the server gives too few session tickets for one control connection.`,
    fixes: {
      client:
        'Limit the transfers of one session by reconnecting, or use TLS 1.2, whose session can be resumed without end.',
      server: 'Give new tickets with each resumed handshake, or accept one several times.',
    },
  }
}

function notResumed(failed: TransferEvidence | undefined): Verdict {
  const said = failed?.reply ?? failed?.text ?? ''
  const reuse = REUSE.test(said) || failed?.code === 522
  return {
    code: reuse ? 'TICKETS_NOT_RESUMED' : 'DATA_TLS_FAILED',
    confidence: 'likely',
    severity: 'error',
    text: reuse
      ? `The server wants data connections to resume the TLS session, and does not take the resumption that it is offered: ${sentence(said)}`
      : `Data connections stand, and their TLS handshake fails: ${sentence(said)}`,
    fixes: reuse
      ? {
          client: 'Try TLS 1.2, whose resumption servers have had for longer.',
          server:
            'Update it: resumption with TLS 1.3 was broken in several servers. Or drop the requirement.',
        }
      : {
          server: 'Look for the handshake of the data connection in the server’s log.',
          network: 'A device that inspects TLS, or answers in the server’s place, may break the handshake.',
        },
  }
}

function noneResumed(): Verdict {
  return {
    code: 'TICKETS_NOT_RESUMED',
    confidence: 'certain',
    severity: 'note',
    text: 'The server does not resume TLS sessions on data connections: every transfer pays for a full handshake, and nothing proves that it belongs to the control connection. Transfers work all the same.',
    fixes: { server: 'Switch session tickets or the session cache on.' },
  }
}

/** No way was found: a handshake that failed on a connection that stood says why. */
function nothingMoved(facts: Facts): readonly Verdict[] {
  const { epsv, pasv } = facts.evidence
  const failed = [epsv, pasv].find(
    one => one?.outcome === 'not-moved' && (one.transfer?.outcome === 'tls-failed' || isReuse(one.transfer)),
  )?.transfer
  return failed ? [{ ...notResumed(failed), severity: passiveSeverity(facts) }] : []
}

function isReuse(transfer: TransferEvidence | undefined): boolean {
  return (
    transfer?.code === 522 ||
    (transfer?.reply !== undefined && /TLS|SSL/i.test(transfer.reply) && REUSE.test(transfer.reply))
  )
}
