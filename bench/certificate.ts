import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './processes.ts'

/** A certificate made for one run: files in PEM form. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
  /** Both in one file, as Pure-FTPd wants them. */
  readonly both: string
}

/**
 * Makes a self-signed P-256 certificate in `folder`. The same for every server.
 *
 * @param addresses - IP addresses it is good for, beside the name localhost
 */
export async function makeCertificate(
  folder: string,
  addresses: readonly string[] = ['127.0.0.1'],
): Promise<Certificate> {
  const certificate = join(folder, 'certificate.pem')
  const key = join(folder, 'key.pem')
  const both = join(folder, 'both.pem')
  const names = [...addresses.map(address => `IP:${address}`), 'DNS:localhost']

  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', `subjectAltName=${names.join()}`],
    ...['-keyout', key, '-out', certificate],
  ])
  await writeFile(both, (await readFile(key, 'utf8')) + (await readFile(certificate, 'utf8')), {
    mode: 0o600,
  })
  return { certificate, key, both }
}
