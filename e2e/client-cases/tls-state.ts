import { randomBytes } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import {
  EXPIRED_CERTIFICATE,
  OTHER_NAME_CERTIFICATE,
  SIGNED_CERTIFICATE,
} from '../../packages/channels/src/test-authority.ts'
import { SERVER_CERTIFICATE } from '../../packages/channels/src/test-certificates.ts'
import type { CertificateName } from './script.ts'

const CERTIFICATES: Readonly<Record<CertificateName, { readonly key: string; readonly cert: string }>> = {
  signed: SIGNED_CERTIFICATE,
  'other-name': OTHER_NAME_CERTIFICATE,
  'self-signed': SERVER_CERTIFICATE,
  expired: EXPIRED_CERTIFICATE,
}

/** What one control connection has agreed on. */
export interface TlsState {
  certificate: CertificateName
  /** With its tickets. */
  context: SecureContext
  /** PROT P. */
  protected: boolean
}

/** A context with ticket keys of its own: sessions of others cannot be resumed with it. */
export function sessionContext(certificate: CertificateName): SecureContext {
  return createSecureContext({
    ...CERTIFICATES[certificate],
    ca: [],
    ticketKeys: randomBytes(48),
    sessionIdContext: 'ftp',
  })
}
