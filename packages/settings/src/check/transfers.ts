import type { Findings } from '../check.ts'
import type { Problem } from '../errors.ts'
import type { Settings } from '../schema.ts'

/** Whether the parts of mail fit each other. */
export function checkTransfers({ transfers: { mail } }: Settings): Findings {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  if (mail === undefined) return { errors, warnings }
  if (mail.user !== undefined && mail.passwordFile === undefined) {
    const message = 'needs its password: set transfers.mail.passwordFile, too'
    errors.push({ path: 'transfers.mail.user', message })
  }
  if (mail.passwordFile !== undefined && mail.user === undefined) {
    const message = 'has no effect without transfers.mail.user'
    warnings.push({ path: 'transfers.mail.passwordFile', message })
  }
  if (mail.tls === 'off' && mail.user !== undefined) {
    const message = 'off sends the password of transfers.mail.user in the clear: use starttls or implicit'
    warnings.push({ path: 'transfers.mail.tls', message })
  }
  if (mail.tls === 'starttls' && mail.port === 465) {
    const message = 'port 465 begins with TLS: use implicit'
    warnings.push({ path: 'transfers.mail.tls', message })
  }
  return { errors, warnings }
}
