import { join } from 'node:path'
import { keepCertificate } from '../support/certificate.ts'
import { ALICE, type Portolan, startPortolan } from '../support/portolan.ts'
import { makeScratch } from '../support/scratch.ts'
import type { Client } from './client.ts'
import type { Row } from './matrix.ts'

/** A server for all of it: both families, TLS optional and implicit, and the one certificate that clients trust. */
export class Ground {
  readonly #flags: readonly string[]
  #started: { server: Portolan; certificate: string } | undefined
  readonly #cleanup = new AsyncDisposableStack()

  constructor(...flags: readonly string[]) {
    this.#flags = flags
  }

  async start(): Promise<void> {
    const scratch = this.#cleanup.use(await makeScratch())
    const server = this.#cleanup.use(
      await startPortolan({
        listen: ['127.0.0.1:0', '[::1]:0'],
        implicitTls: ['127.0.0.1:0', '[::1]:0'],
        flags: ['--tls-self-signed', ...this.#flags],
      }),
    )
    const file = join(scratch.path, 'server.pem')
    const certificate = await keepCertificate(server.listener({ implicitTls: true }), file)
    this.#started = { server, certificate }
  }

  stop(): Promise<void> {
    return this.#cleanup.disposeAsync()
  }

  get server(): Portolan {
    return this.#get().server
  }

  connect(row: Row, scratch: string): Promise<Client> {
    const { server, certificate } = this.#get()
    const { host, port } = server.listener({ family: row.family, implicitTls: row.tls === 'implicit' })
    const { client, family: _, ...way } = row
    return client.connect({
      ...way,
      host,
      port,
      user: ALICE.name,
      password: ALICE.password,
      certificate,
      scratch,
    })
  }

  #get() {
    if (!this.#started) throw new Error('the server was not started')
    return this.#started
  }
}
