import { AsyncLocalStorage } from 'node:async_hooks'
import { type ClientEvent, FtpClient, HostMemory } from '@portolan/client'
import type { Site } from '../model/index.ts'
import type { Catalog } from './catalog.ts'
import { type ActivePorts, clientOptionsFor } from './site-client.ts'

/** A client in use by one run. */
export interface SiteUse extends Disposable {
  readonly site: Site
  readonly client: FtpClient
  /** The control connections that stand, by session. */
  readonly connections: ReadonlyMap<number, ControlFacts>
  /** What was learnt of the partner beside what the client itself learns. */
  readonly manners: PartnerManners
}

/** Names and folders, as the partner takes them. */
interface PartnerManners {
  /** Whether names may begin with a dot. */
  dotNames: boolean
}

/** A control connection. */
export interface ControlFacts {
  readonly local: string
  readonly remote: string
  readonly tls?: string
}

interface Shared {
  readonly stamp: string
  readonly client: FtpClient
  readonly connections: Map<number, ControlFacts>
  readonly manners: PartnerManners
  users: number
  /** Another one has taken its place. */
  old: boolean
  idle: NodeJS.Timeout | undefined
}

/** Milliseconds that sessions nobody uses stay open. */
const IDLE_MS = 10_000

/** One client for each site, shared by the runs of this node and kept for a while, so that the next run finds warm sessions. */
export class SiteClients implements AsyncDisposable {
  readonly #catalog: Catalog
  readonly #activePorts: () => ActivePorts
  readonly #clients = new Map<string, Shared>()
  readonly #hosts = new HostMemory()
  readonly #closing = new Set<Promise<void>>()
  /** Which run an event of a shared client belongs to. */
  readonly #listener = new AsyncLocalStorage<(event: ClientEvent) => void>()

  constructor(catalog: Catalog, activePorts: () => ActivePorts) {
    this.#catalog = catalog
    this.#activePorts = activePorts
  }

  /** Runs something whose clients tell `listener` what they do. */
  listening<T>(listener: (event: ClientEvent) => void, run: () => Promise<T>): Promise<T> {
    return this.#listener.run(listener, run)
  }

  /** @throws {TransferError} for a site that is not there, is disabled, or cannot work */
  async use(name: string): Promise<SiteUse> {
    const { site, secrets, zone, stamp } = await this.#catalog.site(name)
    const ports = this.#activePorts()
    const full = `${stamp}/${ports ? `${ports.basePort}+${ports.numberOfPorts}` : ''}`
    let shared = this.#clients.get(name)
    if (shared?.stamp !== full) {
      if (shared) this.#retire(name, shared)
      const connections = new Map<number, ControlFacts>()
      const options = clientOptionsFor(site, secrets, zone, ports)
      const client = new FtpClient({
        ...options,
        hosts: this.#hosts,
        onEvent: event => {
          noteControl(connections, event)
          this.#listener.getStore()?.(event)
        },
      })
      shared = {
        stamp: full,
        client,
        connections,
        manners: { dotNames: true },
        users: 0,
        old: false,
        idle: undefined,
      }
      this.#clients.set(name, shared)
    }
    return this.#take(name, site, shared)
  }

  #take(name: string, site: Site, shared: Shared): SiteUse {
    shared.users++
    clearTimeout(shared.idle)
    let used = true
    const { client, connections, manners } = shared
    return {
      site,
      client,
      connections,
      manners,
      [Symbol.dispose]: () => {
        if (!used) return
        used = false
        shared.users--
        if (shared.users > 0) return
        if (shared.old) this.#close(client)
        else shared.idle = setTimeout(() => this.#retire(name, shared), IDLE_MS).unref()
      },
    }
  }

  #retire(name: string, shared: Shared): void {
    clearTimeout(shared.idle)
    shared.old = true
    if (this.#clients.get(name) === shared) this.#clients.delete(name)
    if (shared.users === 0) this.#close(shared.client)
  }

  #close(client: FtpClient): void {
    const closing = client.close().finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  /** Ends what is open, in use or not. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const shared of this.#clients.values()) {
      clearTimeout(shared.idle)
      this.#close(shared.client)
    }
    this.#clients.clear()
    await Promise.all(this.#closing)
  }
}

function noteControl(connections: Map<number, ControlFacts>, event: ClientEvent): void {
  if (event.type === 'connected') {
    const { local, remote } = event
    connections.set(event.session, { local: endpoint(local), remote: endpoint(remote) })
  } else if (event.type === 'tls' && event.channel === 'control') {
    const before = connections.get(event.session)
    if (before) connections.set(event.session, { ...before, tls: `${event.protocol} ${event.cipher}` })
  } else if (event.type === 'closed') {
    connections.delete(event.session)
  }
}

/** An address and port as people read them. */
export function endpoint({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
