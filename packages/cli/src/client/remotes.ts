import { type ClientEvent, FtpClient, type FtpError, type FtpUrl } from '@portolan/client'
import type { ConnectionFlags } from './client-flags.ts'
import type { ClientIo } from './client-io.ts'
import { connectionOf, sitesPath } from './client-options.ts'
import { readSites, type Sites } from './sites-file.ts'
import { readTarget, type Target } from './target.ts'

/** A server that a command works with. */
export interface Server {
  readonly client: FtpClient
  /** `anna@ftp.example.org:21`. */
  readonly name: string
  /** Why nothing can be had of it: the login was refused, say. What comes later is not tried. */
  broken: FtpError | undefined
}

/** A path on a server. */
export interface Remote {
  readonly server: Server
  readonly client: FtpClient
  /** Empty: the folder of the login. */
  readonly path: string
  readonly type: FtpUrl['type']
}

/** What clients of a command have in common. */
export interface RemotesOptions {
  readonly flags: ConnectionFlags
  readonly io: ClientIo
  /** Sessions at once with each server. */
  readonly connections: number
  warn(text: string): void
  onEvent(server: string, event: ClientEvent): void
}

/** The servers that the URLs of a command name: one client for each, however many URLs there are, and one prompt. */
export class Remotes implements AsyncDisposable {
  readonly #options: RemotesOptions
  readonly #servers = new Map<string, Promise<Server>>()
  #sites: Promise<Sites> | undefined

  constructor(options: RemotesOptions) {
    this.#options = options
  }

  /** @throws {UserError} or `FtpError` with code `FTP_SETTING` */
  async find(text: string): Promise<Remote> {
    this.#sites ??= readSites(sitesPath(this.#options.io.env))
    const target = readTarget(text, await this.#sites)
    const key = keyOf(target)
    const server = this.#servers.get(key) ?? this.#connect(target)
    this.#servers.set(key, server)
    const { path, type } = target.url
    return { server: await server, client: (await server).client, path, type }
  }

  /** The next URL of this server makes a new client. Closing the old one is up to the caller. */
  forget(server: Server): void {
    for (const [key, one] of this.#servers)
      void one.then(found => found === server && this.#servers.get(key) === one && this.#servers.delete(key))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = await Promise.allSettled(this.#servers.values())
    await Promise.all(servers.map(async one => one.status === 'fulfilled' && one.value.client.close()))
  }

  async #connect(target: Target): Promise<Server> {
    const { flags, io, connections, warn, onEvent } = this.#options
    const options = await connectionOf(target, { flags, io, warn })
    const name = `${options.user ?? 'anonymous'}@${options.host}${options.port === undefined ? '' : `:${options.port}`}`
    const client = new FtpClient({ ...options, connections, onEvent: event => onEvent(name, event) })
    return { client, name, broken: undefined }
  }
}

function keyOf({ url, site }: Target): string {
  if (site) return `site ${site.name}`
  const { tls, host, port, user, password } = url
  return JSON.stringify([tls, host, port, user, password])
}
