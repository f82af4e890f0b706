import { isIP } from 'node:net'
import { makeSelfSigned } from '@portolan/server'
import type { z } from 'zod'
import type { Certificate, certificateMake, certificateUpload, FieldProblem } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { viewOfCertificate } from './certificate-view.ts'
import { checkPair } from './pem.ts'

/** Stands for "no certificate of the store" in paths, so none is called so. */
const NONE = 'none'

/** Certificates of the store, and the one that is in use from elsewhere. Keys go in, and never out. */
export class CertificatesService {
  readonly #services: Services

  constructor(services: Services) {
    this.#services = services
  }

  async all(): Promise<readonly Certificate[]> {
    const { store, server, inForce, now } = this.#services
    const { tls } = inForce()
    const stored = await store.certificates.list()
    const views = stored.map(({ name, chain }) => this.#view(name, chain))
    const inUse = tls.stored === undefined ? server.certificate() : undefined
    if (!inUse) return views
    const origin = tls.certificate === undefined ? 'self-signed' : 'file'
    const facts = {
      name: tls.certificate ?? origin,
      origin,
      inUse: true,
      now: now(),
      host: this.#host,
    } as const
    return [viewOfCertificate(inUse.cert, facts), ...views]
  }

  /** Keeps a certificate with its key; one of the same name is replaced. @throws {Problem} 422 `CERTIFICATE_INVALID` */
  async put(upload: z.output<typeof certificateUpload>, by: string): Promise<Certificate> {
    checkName(upload.name)
    const result = checkPair(upload.chain, upload.key)
    if (result.kind === 'invalid') throw invalid(result.problems)
    const { chain, key } = result.pair
    await this.#services.store.certificates.put({ name: upload.name, chain, key, by })
    return this.#view(upload.name, chain)
  }

  /** Makes a certificate that no authority has signed, and keeps it. @throws {Problem} 409, 422 */
  async make(ask: z.output<typeof certificateMake>, by: string): Promise<Certificate> {
    checkName(ask.name)
    const { certificates } = this.#services.store
    if (await certificates.get(ask.name)) {
      const message = `there is a certificate ${ask.name} already: choose another name`
      throw new Problem(409, 'CERTIFICATE_EXISTS', message, [{ path: 'name', message: 'is taken' }])
    }
    const names = ask.names.map(name => name.trim())
    const problems = names.flatMap((name, place) =>
      isDnsName(name) || isIP(name) > 0
        ? []
        : [
            {
              path: `names[${place}]`,
              message: 'must be a DNS name such as ftp.example.org, or an IP address',
            },
          ],
    )
    if (problems.length > 0) throw invalid(problems)
    const { cert, key } = await makeSelfSigned({ names: [...new Set(names)], days: ask.days })
    await certificates.put({ name: ask.name, chain: cert, key, by })
    return this.#view(ask.name, cert)
  }

  /** @throws {Problem} 404, 409 `CERTIFICATE_IN_USE` */
  async remove(name: string): Promise<Certificate> {
    const gone = await this.get(name)
    if (gone.inUse) {
      const text = `${name} is in use: use another certificate first`
      throw new Problem(409, 'CERTIFICATE_IN_USE', text)
    }
    if (!(await this.#services.store.certificates.remove(name))) throw missing(name)
    return gone
  }

  /** Takes a certificate of the store into use, on all nodes. @throws {Problem} 404, and those of settings */
  async use(name: string, actor: string): Promise<Certificate> {
    await this.get(name)
    await this.#set({ path: 'tls.stored', value: name }, actor)
    return this.get(name)
  }

  /** Back to the certificate of the settings file, or the self-signed one, or none. @throws {Problem} those of settings */
  async useNone(actor: string): Promise<void> {
    await this.#set({ path: 'tls.stored', reset: true }, actor)
  }

  /** One of the store. @throws {Problem} 404 `CERTIFICATE_MISSING` */
  async get(name: string): Promise<Certificate> {
    const row = await this.#services.store.certificates.get(name)
    if (!row) throw missing(name)
    return this.#view(name, row.chain)
  }

  async #set(change: { path: string; value: string } | { path: string; reset: true }, actor: string) {
    const { settings } = this.#services
    await settings.change({ base: settings.view().version, changes: [change] }, actor)
  }

  #view(name: string, chain: string): Certificate {
    const { inForce, now } = this.#services
    const inUse = inForce().tls.stored === name
    const host = inUse ? { host: this.#host } : {}
    return viewOfCertificate(chain, { name, origin: 'store', inUse, now: now(), ...host })
  }

  /** The name under which browsers are told to come. */
  get #host(): string | undefined {
    const { publicUrl } = this.#services.inForce().console
    const host = publicUrl === undefined ? undefined : URL.parse(publicUrl)?.hostname
    return host?.replace(/^\[|\]$/g, '')
  }
}

const missing = (name: string) => new Problem(404, 'CERTIFICATE_MISSING', `there is no certificate ${name}`)

function invalid(problems: readonly FieldProblem[]): Problem {
  const [first] = problems
  return new Problem(
    422,
    'CERTIFICATE_INVALID',
    `the ${first?.path ?? 'certificate'} ${first?.message ?? ''}`,
    problems,
  )
}

function checkName(name: string): void {
  if (name !== NONE && !/^\.+$/.test(name)) return
  throw invalid([{ path: 'name', message: `must not be ${name}` }])
}

function isDnsName(name: string): boolean {
  const plain = name.replace(/^\*\./, '')
  return (
    /^(?=.{1,253}$)(?!-)[a-z\d-]{1,63}(?<!-)(\.(?!-)[a-z\d-]{1,63}(?<!-))*$/i.test(plain) &&
    /[a-z]/i.test(plain)
  )
}
