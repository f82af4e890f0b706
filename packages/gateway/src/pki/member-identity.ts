import type { X509Certificate } from 'node:crypto'
import type { MemberIdentity } from './types.ts'

/** What an identity may be called: nothing that means something in a path, a log or a certificate. */
const NAME = /^URI:portolan:(edge|connector|agent|controller)\/([A-Za-z0-9_.-]{1,64})$/

/**
 * Who a certificate stands for, by its subject alternative name. Undefined: it has no such name, or others beside it. The
 * certificate itself has been checked by TLS.
 */
export function memberIdentityOf(certificate: X509Certificate): MemberIdentity | undefined {
  const [, kind, id] = NAME.exec(certificate.subjectAltName ?? '') ?? []
  if (id === undefined || !isKind(kind)) return undefined
  return {
    kind,
    id,
    serial: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
    expiresAt: certificate.validToDate.getTime(),
  }
}

const KINDS: ReadonlySet<string> = new Set<MemberIdentity['kind']>([
  'edge',
  'connector',
  'agent',
  'controller',
])
const isKind = (kind: string | undefined): kind is MemberIdentity['kind'] => KINDS.has(kind ?? '')
