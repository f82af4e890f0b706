import { constants } from 'node:crypto'

/** How long a handshake may take, in milliseconds. */
export const HANDSHAKE_MS = 10_000

/**
 * TLS of every link: 1.3 alone, so nothing is renegotiated; no tickets, so that every link proves its certificate anew and a revoked
 * one is never let in by a session that was resumed. AES-128 first: it is the fastest where the processor has it.
 */
export const TLS_SETTINGS = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
  ecdhCurve: 'X25519:P-256',
  secureOptions: constants.SSL_OP_NO_TICKET,
} as const

/** Key and certificate of one side, and the authority that the other side's certificate has to be from. PEM. */
export interface TlsIdentity {
  readonly key: string
  readonly certificate: string
  readonly authority: string
}

/** What OpenSSL says without file and line of its source. */
export const reasonOf = (error: Error): string =>
  'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
