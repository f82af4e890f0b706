import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import type { Settings } from '@portolan/settings'
import { ServerError } from '../errors.ts'
import type { Certificate } from '../link.ts'
import { makeSelfSigned } from './self-signed.ts'

/** Loads the certificate that the settings ask for. @throws {ServerError} `SERVER_CERTIFICATE` */
export async function loadCertificate(
  settings: Pick<Settings, 'tls' | 'server'>,
): Promise<Certificate | undefined> {
  const { certificate, key, selfSigned, clientCa } = settings.tls
  const pair = certificate
    ? { cert: await read(certificate, 'certificate'), key: await read(key ?? certificate, 'private key') }
    : selfSigned
      ? await selfSignedPair(settings.server.dataFolder)
      : undefined
  if (!pair) return undefined
  check(pair, certificate ?? 'the self-signed certificate')
  return { ...pair, ...(clientCa !== undefined && { clientCa: await readAuthority(clientCa) }) }
}

/** Checks a certificate that came from elsewhere. The client CA of the settings belongs to it, unless it brings its own. @throws {ServerError} `SERVER_CERTIFICATE` */
export async function completeCertificate(
  given: Certificate,
  { tls: { clientCa } }: Pick<Settings, 'tls'>,
): Promise<Certificate> {
  check(given, 'the certificate')
  if (given.clientCa !== undefined || clientCa === undefined) return given
  return { ...given, clientCa: await readAuthority(clientCa) }
}

/** A CA that nobody could be signed by would be found out by the first client, and not by the administrator. */
async function readAuthority(file: string): Promise<string> {
  const text = await read(file, 'client CA')
  try {
    new X509Certificate(text)
  } catch (cause) {
    throw new ServerError('SERVER_CERTIFICATE', `the client CA ${file} is no certificate in PEM form`, {
      cause,
    })
  }
  return text
}

/** Changes whenever one of the files does; compared by polling, since watching misses files that are replaced. */
export async function certificateStamp({ tls }: Pick<Settings, 'tls'>): Promise<string> {
  const files = [tls.certificate, tls.key, tls.clientCa].filter(file => file !== undefined)
  const stamps = files.map(file =>
    stat(file).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs}:${size}:${ino}`,
      () => 'missing',
    ),
  )
  return (await Promise.all(stamps)).join(' ')
}

async function read(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new ServerError('SERVER_CERTIFICATE', `the ${what} ${file} cannot be read: ${reason}`, {
      cause: error,
    })
  }
}

function check({ cert, key }: Certificate, name: string): void {
  try {
    createSecureContext({ cert, key })
    if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
      throw new Error('the key is of another one')
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    throw new ServerError('SERVER_CERTIFICATE', `${name} cannot be used with its key: ${text}`, {
      cause: error,
    })
  }
}

/** A certificate for names that everybody has; kept, so that a client that was told to trust it still does tomorrow. */
async function selfSignedPair(dataFolder: string | undefined): Promise<Certificate> {
  if (dataFolder === undefined) return makeSelfSigned()
  const folder = join(dataFolder, 'tls')
  const certFile = join(folder, 'self-signed.crt')
  const keyFile = join(folder, 'self-signed.key')
  try {
    return { cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') }
  } catch {
    const pair = await makeSelfSigned()
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await writeFile(keyFile, pair.key, { mode: 0o600 })
      await writeFile(certFile, pair.cert)
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      throw new ServerError('SERVER_FOLDER', `the self-signed certificate cannot be kept: ${text}`, {
        cause: error,
      })
    }
    return pair
  }
}
