import type { TlsEvidence } from '../evidence.ts'
import { type Facts, quote, type Rule } from './facts.ts'
import type { Severity, Verdict, VerdictCode } from './verdict.ts'

const DAY_MS = 86_400_000
/** A refusal that knows what AUTH is for comes from the server: its TLS is off, although FEAT names it. */
const OWN_REFUSAL = /security|scheme|mechanism|certificate|TLS|SSL|encrypt|policy/i
const SOON_DAYS = 14

/** TLS of the control connection. */
export const tlsRules: Rule = facts => {
  const { tls } = facts.evidence
  if (!tls) return []
  const { options } = facts
  const severity: Severity = options.tls === 'off' ? 'warning' : 'error'
  if (tls.outcome === 'ok') return certificateNotes(tls)
  if (tls.outcome === 'certificate') return [badCertificate(tls)]
  if (tls.at === 'auth') return refusedAuth(facts, tls, severity)
  return [failedHandshake(tls, severity, facts)]
}

function refusedAuth({ options, evidence }: Facts, tls: TlsEvidence, severity: Severity): readonly Verdict[] {
  if (tls.outcome !== 'refused') return [killed(tls, severity)]
  if (tls.listed && !OWN_REFUSAL.test(tls.reply ?? '')) return [blocked(tls, severity)]
  const unknown = evidence['features-clear']?.before === undefined
  if (options.tls === 'off') return []
  return [
    {
      code: 'NO_TLS',
      confidence: unknown ? 'likely' : 'certain',
      severity,
      text: `The server does not start TLS: AUTH TLS was answered ${quote(tls.reply) || 'with a refusal'}${unknown ? '' : `, and FEAT ${tls.listed ? 'names it all the same' : 'does not name it either'}`}.`,
      fixes: {
        client:
          'Ask whoever runs the server how it is to be reached: implicit TLS has a port of its own, 990 (ftps://). Without TLS (ftp://) the password goes over the network readable for everybody on the way.',
        server: 'Give the server a certificate and switch explicit TLS on.',
        network:
          'A firewall that inspects FTP may take AUTH out of FEAT and refuse it: compare from another network.',
      },
    },
  ]
}

function blocked({ reply }: TlsEvidence, severity: Severity): Verdict {
  return {
    code: 'ALG_BLOCKS_AUTH',
    confidence: 'likely',
    severity,
    text: `The server says by FEAT that it has AUTH TLS, and AUTH TLS is answered ${quote(reply) || 'with a refusal'}: the refusal most likely does not come from the server. A firewall or router that reads FTP along (an application layer gateway) refuses TLS, since it could not read any more.`,
    fixes: {
      client: 'Try implicit TLS on port 990 (ftps://), which such devices do not look at.',
      server:
        'If the refusal is in the server’s own log, its TLS is not set up: look for its certificate and key.',
      network:
        'Switch the FTP inspection off for this server (FTP ALG, “session helper”, “fixup protocol ftp”), or tell it to allow AUTH, and open the passive ports by a rule.',
    },
  }
}

function killed({ outcome, at, text }: TlsEvidence, severity: Severity): Verdict {
  const when = at === 'auth' ? 'at AUTH TLS' : 'at the first packet of the TLS handshake'
  const how = outcome === 'timeout' ? 'goes silent' : 'is cut'
  return {
    code: 'MIDDLEBOX_KILLS_TLS',
    confidence: 'likely',
    severity,
    text: `The control connection ${how} ${when}${text === undefined ? '' : ` (${quote(text)})`}. Servers answer AUTH even when they refuse it; devices that follow FTP and cannot follow TLS cut the connection like this.`,
    fixes: {
      client: 'Try implicit TLS on port 990 (ftps://), or another network to compare.',
      server:
        'On Windows: netsh advfirewall set global StatefulFTP disable, and a rule for the passive ports in its place.',
      network: 'Switch the FTP inspection off for this server and open the passive ports by a rule.',
    },
  }
}

function failedHandshake(tls: TlsEvidence, severity: Severity, { evidence }: Facts): Verdict {
  const { outcome, text = '' } = tls
  if (evidence.greeting?.otherStart)
    return { code: 'TLS_FAILED', confidence: 'certain', severity: 'note', text, fixes: {} }
  if (outcome === 'reset' || outcome === 'timeout') return killed(tls, severity)
  const old = /no TLS version in common|too weak|no cipher in common/.test(text)
  return {
    code: old ? 'OLD_TLS' : 'TLS_FAILED',
    confidence: 'certain',
    severity,
    text: old
      ? `The server speaks only TLS that is too old or too weak to be accepted: ${text}`
      : `The TLS handshake of the control connection failed: ${text}`,
    fixes: old
      ? { server: 'Switch TLS 1.2 and 1.3 with current ciphers on; TLS 1.0 and 1.1 are retired (RFC 8996).' }
      : {
          server: 'Look for the handshake in the server’s log; it may want a client certificate.',
          client: 'Give the client certificate and key, if the server wants one.',
        },
  }
}

/** What the problems of OpenSSL and Node are called here. */
const CERTIFICATES: Readonly<Record<string, VerdictCode>> = {
  CERT_HAS_EXPIRED: 'CERT_EXPIRED',
  CERT_NOT_YET_VALID: 'CERT_NOT_YET_VALID',
  ERR_TLS_CERT_ALTNAME_INVALID: 'CERT_WRONG_NAME',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'CERT_SELF_SIGNED',
  SELF_SIGNED_CERT_IN_CHAIN: 'CERT_UNKNOWN_ISSUER',
  UNABLE_TO_GET_ISSUER_CERT: 'CERT_UNKNOWN_ISSUER',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'CERT_UNKNOWN_ISSUER',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CERT_UNKNOWN_ISSUER',
  PIN_MISMATCH: 'CERT_PIN_MISMATCH',
}

const SERVER_FIXES: Partial<Record<VerdictCode, string>> = {
  CERT_EXPIRED: 'Renew the certificate and have the server load it.',
  CERT_NOT_YET_VALID: 'Check the clock of the machine that made the certificate.',
  CERT_WRONG_NAME: 'Use a certificate that names the host that clients connect to.',
  CERT_SELF_SIGNED: 'Use a certificate of an authority that clients trust, or hand this one out to them.',
  CERT_UNKNOWN_ISSUER: 'Send the certificates in between along with the server’s own (the full chain).',
  CERT_PIN_MISMATCH: 'If the certificate was renewed, tell the new fingerprint to those who pin it.',
}

function badCertificate({ problem, certificate }: TlsEvidence): Verdict {
  const code = CERTIFICATES[problem?.code ?? ''] ?? 'CERT_REJECTED'
  const fingerprint = certificate?.fingerprint256
  const pin = fingerprint === undefined ? '' : ` Its SHA-256 fingerprint is ${fingerprint}.`
  const names =
    certificate && certificate.names.length > 0 ? ` It names ${certificate.names.join(', ')}.` : ''
  return {
    code,
    confidence: 'certain',
    severity: 'error',
    text: `The server’s certificate is not accepted, so the password was not sent: ${problem?.text ?? 'it could not be verified'}.${names}${pin}`,
    fixes: {
      client:
        code === 'CERT_NOT_YET_VALID'
          ? 'Check the clock of this machine.'
          : `If you can tell that the certificate is the right one, pin it: --pin ${fingerprint ?? 'FINGERPRINT'}; or give its authority: --ca FILE. To go on with the examination at your own risk: --insecure.`,
      ...(SERVER_FIXES[code] !== undefined && { server: SERVER_FIXES[code] }),
    },
  }
}

/** What is wrong with a certificate that was accepted all the same. */
function certificateNotes({ certificate, problem }: TlsEvidence): readonly Verdict[] {
  if (problem) {
    const code = CERTIFICATES[problem.code] ?? 'CERT_REJECTED'
    const pin = certificate ? ` Its SHA-256 fingerprint is ${certificate.fingerprint256}.` : ''
    return [
      {
        code,
        confidence: 'certain',
        severity: 'note',
        text: `The certificate was accepted without proof: ${problem.text}.${pin} Clients that verify it will not connect.`,
        fixes: {
          ...(certificate && {
            client: `Pin it instead of accepting any: --pin ${certificate.fingerprint256}`,
          }),
          ...(SERVER_FIXES[code] !== undefined && { server: SERVER_FIXES[code] }),
        },
      },
    ]
  }
  const left = certificate ? Date.parse(certificate.validTo) - Date.now() : Number.NaN
  if (!(left < SOON_DAYS * DAY_MS)) return []
  return [
    {
      code: 'CERT_ENDS_SOON',
      confidence: 'certain',
      severity: 'note',
      text: `The server’s certificate ends on ${certificate?.validTo.slice(0, 10)}: from then on clients refuse it.`,
      fixes: { server: 'Renew the certificate.' },
    },
  ]
}
