import { isDeepStrictEqual } from 'node:util'
import type { Certificate } from '@portolan/server'
import type { Settings } from '@portolan/settings'
import type { FastifyInstance } from 'fastify'
import { listenConsole } from '../http/listen.ts'
import { isLoopbackName } from '../http/loopback.ts'

/** How long answers that are being given may take when the console moves or stops, in milliseconds. */
const CLOSE_MS = 2_000

type ConsoleSettings = Settings['console']

/** What makes and places the console. */
export interface ConsoleHostOptions {
  /** Makes the application; it is not listening yet. */
  create(settings: ConsoleSettings, tls: Certificate | undefined): Promise<FastifyInstance>
  /** The certificate of the server, or a self-signed one where it has none. */
  certificate(): Promise<Certificate>
}

/** The console where the settings say: it can move, take another certificate, come and go while the node runs. */
export class ConsoleHost implements AsyncDisposable {
  readonly #options: ConsoleHostOptions
  #open:
    | { app: FastifyInstance; settings: ConsoleSettings; tls: Certificate | undefined; url: string }
    | undefined

  constructor(options: ConsoleHostOptions) {
    this.#options = options
  }

  /** Where it listens; undefined when it does not. */
  get url(): string | undefined {
    return this.#open?.url
  }

  /** Puts settings in force. What stays the same stays open. @throws {NodeError} and all is as it was */
  async apply(settings: ConsoleSettings): Promise<void> {
    const before = this.#open
    if (!settings.enabled) {
      this.#open = undefined
      await close(before?.app)
      return
    }
    const tls = await this.#tlsFor(settings)
    if (before && isDeepStrictEqual(before.settings, settings) && isDeepStrictEqual(before.tls, tls)) return
    // The same address cannot be bound twice: then the old one has to go first, and comes back when the new one fails.
    const samePlace = before && before.settings.port !== 0 && before.settings.port === settings.port
    if (samePlace) await close(before.app)
    try {
      this.#open = await this.#listen(settings, tls)
    } catch (error) {
      if (samePlace) this.#open = await this.#listen(before.settings, before.tls)
      throw error
    }
    if (before && !samePlace) await close(before.app)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { app } = this.#open ?? {}
    this.#open = undefined
    await close(app)
  }

  async #listen(settings: ConsoleSettings, tls: Certificate | undefined) {
    const app = await this.#options.create(settings, tls)
    try {
      const port = await listenConsole(app, settings)
      const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host
      const url = settings.publicUrl ?? `${tls ? 'https' : 'http'}://${host}:${port}`
      return { app, settings, tls, url }
    } catch (error) {
      await app.close().catch(() => {})
      throw error
    }
  }

  /** In the clear it is served to this machine alone. */
  async #tlsFor({ tls, host }: ConsoleSettings): Promise<Certificate | undefined> {
    return tls === 'auto' && isLoopbackName(host) ? undefined : this.#options.certificate()
  }
}

async function close(app: FastifyInstance | undefined): Promise<void> {
  if (!app) return
  const timer = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS)
  app.server.closeIdleConnections()
  await app.close().catch(() => {})
  clearTimeout(timer)
}
