import { isDeepStrictEqual } from 'node:util'
import type { Certificate } from '@portolan/server'
import type { Settings } from '@portolan/settings'
import type { FastifyInstance } from 'fastify'
import { listenConsole } from '../http/listen.ts'
import { isLoopbackName } from '../http/loopback.ts'

/** How long a console that has moved still gives the answers it was asked for, in milliseconds. */
const LEAVE_MS = 1_000

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
      leave(before?.app)
      return
    }
    const tls = await this.#tlsFor(settings)
    if (before && isDeepStrictEqual(before.settings, settings) && isDeepStrictEqual(before.tls, tls)) return
    // The same port cannot be bound twice: then the old one stops listening first, and begins again if need be.
    const samePort =
      before !== undefined && before.settings.port !== 0 && before.settings.port === settings.port
    if (samePort) before.app.server.close()
    try {
      this.#open = await this.#listen(settings, tls)
    } catch (error) {
      if (samePort) this.#open = await this.#listen(before.settings, before.tls)
      throw error
    } finally {
      if (this.#open !== before) leave(before?.app)
    }
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

/** Closes one that is left behind: not at once, for the request that asked for it is still to be answered. */
function leave(app: FastifyInstance | undefined): void {
  if (!app) return
  app.server.close()
  const timer = setTimeout(() => void close(app), LEAVE_MS)
  timer.unref()
}

async function close(app: FastifyInstance | undefined): Promise<void> {
  await app?.close().catch(() => {})
}
