import { isIP } from 'node:net'
import type { Site, SiteSecrets } from '../model/index.ts'
import { hostProblem } from './host.ts'
import { readCertificates, readKey } from './pem.ts'
import type { Findings } from './problem.ts'

/** Judges what a site says of TLS, and its client certificate with the key. */
export function checkSiteTls(site: Site, secrets: SiteSecrets | undefined, findings: Findings): void {
  const { verify, pinned, ca, servername, data } = site.tls
  if (pinned !== undefined && !isPin(pinned)) {
    findings.refuse(
      ['tls', 'pinned'],
      'must be the SHA-256 of the certificate, as 64 hexadecimal digits (colons may be there) or as sha256// and base64',
    )
  }
  if (ca !== undefined) {
    const read = readCertificates(ca)
    if ('problem' in read) findings.refuse(['tls', 'ca'], read.problem)
  }
  const name = servername === undefined ? undefined : servernameProblem(servername)
  if (name !== undefined) findings.refuse(['tls', 'servername'], name)
  checkIdentity(site, secrets, findings)
  if (site.protocol === 'ftp') return
  if (!verify && pinned === undefined) {
    findings.warn(['tls', 'verify'], 'takes any certificate: whoever is on the way can pose as the partner')
  }
  if (data === 'clear') findings.warn(['tls', 'data'], 'sends the files in the clear')
}

function checkIdentity(
  { tls: { certificate }, protocol }: Site,
  secrets: SiteSecrets | undefined,
  findings: Findings,
): void {
  const key = secrets?.key == null ? undefined : readKey(secrets.key)
  if (key && 'problem' in key) findings.refuse(['secrets', 'key'], key.problem)
  if (certificate === undefined) {
    if (key) findings.warn(['tls', 'certificate'], 'is missing, so the key is not used')
    return
  }
  const read = readCertificates(certificate)
  if ('problem' in read) {
    findings.refuse(['tls', 'certificate'], read.problem)
    return
  }
  if (protocol === 'ftp') findings.warn(['tls', 'certificate'], 'is not used without TLS')
  if (secrets !== undefined && !key) {
    findings.warn(['tls', 'certificate'], 'has no key, so it cannot be shown to the partner: add its key')
  }
  const [leaf] = read.certificates
  if (leaf === undefined) return
  if (key && 'key' in key && !leaf.checkPrivateKey(key.key)) {
    findings.refuse(
      ['secrets', 'key'],
      'is not the key of the certificate, whose own has to come first in the text',
    )
  }
  if (leaf.validToDate.getTime() < Date.now()) {
    findings.warn(
      ['tls', 'certificate'],
      `is no longer valid: it ended on ${leaf.validToDate.toISOString().slice(0, 10)}`,
    )
  }
}

/** The forms that the client takes: of the certificate, or of its public key. */
function isPin(text: string): boolean {
  const plain = text.trim()
  return /^sha256\/\/[A-Za-z0-9+/]{43}=$/.test(plain) || /^[0-9a-f]{64}$/i.test(plain.replaceAll(':', ''))
}

/** SNI takes no addresses. RFC 6066 section 3. */
function servernameProblem(name: string): string | undefined {
  if (isIP(name) > 0) return 'must be a DNS name: an address is not sent as the name of a server (RFC 6066)'
  return hostProblem(name)
}
