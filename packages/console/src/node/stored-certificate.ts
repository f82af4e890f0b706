import { readFile } from 'node:fs/promises'
import type { Certificate } from '@portolan/server'
import { ServerError } from '@portolan/server'
import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'

/**
 * The certificate of the store that `tls.stored` names; undefined when it names none.
 * @throws {ServerError} `SERVER_CERTIFICATE` when there is none of that name
 */
export async function storedCertificate(
  store: Pick<Store, 'certificates'>,
  { tls }: Pick<Settings, 'tls'>,
): Promise<Certificate | undefined> {
  if (tls.stored === undefined) return undefined
  const row = await store.certificates.get(tls.stored)
  if (!row) {
    throw new ServerError(
      'SERVER_CERTIFICATE',
      `tls.stored: the store has no certificate called ${tls.stored}; upload one, or name another`,
    )
  }
  const { chain: cert, key } = row
  return { cert, key, ...(tls.clientCa !== undefined && { clientCa: await readFile(tls.clientCa, 'utf8') }) }
}
