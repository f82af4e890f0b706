import type { Findings } from '../check.ts'
import type { Problem } from '../errors.ts'
import type { Settings } from '../schema.ts'

const HOW = 'set tls.certificate and tls.key, or tls.selfSigned: true'

/** Whether the settings name a certificate. */
export function hasCertificate({ certificate, stored, selfSigned }: Settings['tls']): boolean {
  return certificate !== undefined || stored !== undefined || selfSigned
}

/** Whether listeners have the certificate they need, and whether the parts of TLS fit each other. */
export function checkTls({ listeners, tls }: Settings): Findings {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  if (tls.certificate !== undefined && tls.key === undefined) {
    errors.push({ path: 'tls.certificate', message: 'needs its private key: set tls.key, too' })
  }
  if (tls.key !== undefined && tls.certificate === undefined) {
    errors.push({ path: 'tls.key', message: 'needs its certificate: set tls.certificate, too' })
  }
  if (tls.certificate !== undefined && tls.selfSigned) {
    const message = 'has no effect, because tls.certificate is set: remove one of them'
    warnings.push({ path: 'tls.selfSigned', message })
  }
  for (const rival of ['certificate', 'key'] as const) {
    if (tls.stored === undefined || tls[rival] === undefined) continue
    const message = `does not go with tls.${rival}: use a certificate of the store or files, not both`
    errors.push({ path: 'tls.stored', message })
    break
  }
  if (tls.stored !== undefined && tls.selfSigned) {
    const message = 'has no effect, because tls.stored is set: remove one of them'
    warnings.push({ path: 'tls.selfSigned', message })
  }
  if (tls.clientCertificates !== 'off' && tls.clientCa === undefined) {
    const message = `${tls.clientCertificates} needs tls.clientCa, the CA that signs the certificates of clients`
    errors.push({ path: 'tls.clientCertificates', message })
  }
  for (const [index, listener] of listeners.entries()) {
    const path = `listeners[${index}].tls`
    if (hasCertificate(tls) || listener.tls === 'off') continue
    if (listener.tls !== 'optional') {
      errors.push({ path, message: `${listener.tls} needs a certificate: ${HOW}` })
    } else if (listener.encryptData) {
      const message = `needs a certificate, or every transfer would be refused: ${HOW}`
      errors.push({ path: `listeners[${index}].encryptData`, message })
    } else {
      const message = `there is no certificate, so ${listener.name} runs without TLS and passwords travel in the clear: ${HOW}`
      warnings.push({ path, message })
    }
  }
  return { errors, warnings }
}
