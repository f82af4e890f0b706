import { readFile } from 'node:fs/promises'
import { type Certificate, loadCertificate, ServerError } from '@portolan/server'
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

/** The certificate of the console: that of the server, or else a self-signed one. */
export async function consoleCertificate(
  store: Pick<Store, 'certificates'>,
  settings: Pick<Settings, 'tls' | 'server'>,
): Promise<Certificate> {
  const own = (await storedCertificate(store, settings)) ?? (await loadCertificate(settings))
  const made = own ?? (await loadCertificate({ ...settings, tls: { ...settings.tls, selfSigned: true } }))
  if (made) return made
  throw new ServerError('SERVER_CERTIFICATE', 'no certificate could be made for the console')
}
