import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { closeWithReset } from '../wire/linger.ts'
import { OpenLimit } from '../wire/open-limit.ts'
import type { EdgeParts } from './edge-parts.ts'
import { type PublishedPort, publishedPorts } from './published-ports.ts'
import { publishedStream } from './published-stream.ts'

/** Rows a second about connections that were refused; there is no bound to how many come from the open network. */
const REFUSED_ROWS_PER_SECOND = 50
/** Ports that are bound or closed at the same time. */
const AT_ONCE = 64
/** A port that could not be bound is tried again after so many milliseconds. */
const RETRY_MS = 10_000
const BACKLOG = 511

/** The ports of publications on which this edge listens. */
export interface Publications extends AsyncDisposable {
  /** Ports that are bound, as `HOST PORT`. */
  readonly bound: readonly string[]
  /** Listens where the configuration says so, and nowhere else. Connections that stand are left alone. */
  apply(): void
  /** Resolves when what was applied last is done, whether all ports could be bound or not. */
  settled(): Promise<void>
}

export interface PublicationsOptions {
  readonly parts: EdgeParts
  /** Told once, until the port can be bound or is not wanted any more. */
  onWarning(code: 'PUBLICATION_PORT' | 'PUBLICATION_OVERLAP', text: string): void
  /** Milliseconds. Default 10,000. */
  readonly retryMs?: number
}

interface Listener {
  target: PublishedPort
  readonly server: Server
}

export function createPublications(options: PublicationsOptions): Publications {
  const { parts, onWarning, retryMs = RETRY_MS } = options
  const { state } = parts
  const listeners = new Map<string, Listener>()
  const failed = new Set<string>()
  const news: { target: PublishedPort; why: string }[] = []
  const overlaps = new Set<string>()
  const rows = new OpenLimit(REFUSED_ROWS_PER_SECOND)
  const stop = new AbortController()
  let wanted = new Map<string, PublishedPort>()
  let applied: readonly unknown[] = []
  let again = false
  let running: Promise<void> | undefined

  const onSocket = (key: string, socket: Socket) => {
    const target = listeners.get(key)?.target
    if (target) void publishedStream(parts, target, socket, rows)
    else closeWithReset(socket)
  }

  const bind = async (key: string, target: PublishedPort) => {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true })
    server.on('connection', socket => onSocket(key, socket))
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    server.on('error', resolve)
    const { host, port } = target
    // `0.0.0.0` and `::` each mean their own family, so that both can be published.
    server.listen({ host, port, backlog: BACKLOG, ipv6Only: true }, () => resolve(undefined))
    const error = await promise
    if (error === undefined) {
      failed.delete(key)
      listeners.set(key, { target, server })
      return
    }
    if (failed.has(key)) return
    failed.add(key)
    news.push({ target, why: error.message })
  }

  const close = (key: string, { server }: Listener) => {
    listeners.delete(key)
    // The port is free in the next turn; the event `close` would wait for connections that stand.
    server.close()
    return new Promise<void>(resolve => setImmediate(resolve))
  }

  /** One warning for each publication, however many ports it has. */
  const warn = () => {
    const byName = Map.groupBy(news.splice(0), ({ target }) => target.publication.name)
    for (const [name, [first, ...more]] of byName) {
      if (!first) continue
      const { host, port } = first.target
      const others = more.length > 0 ? `, and ${more.length} more of its ports` : ''
      onWarning(
        'PUBLICATION_PORT',
        `Publication ${name}: ${host} port ${port} cannot be bound (${first.why})${others}. It is tried again every ${retryMs / 1000} seconds.`,
      )
    }
  }

  const work = async () => {
    do {
      again = false
      const surplus = [...listeners].filter(([key]) => !wanted.has(key))
      await inBatches(surplus, ([key, listener]) => close(key, listener))
      for (const [key, target] of wanted) {
        const listener = listeners.get(key)
        if (listener) listener.target = target
      }
      const missing = [...wanted].filter(([key]) => !listeners.has(key))
      await inBatches(missing, ([key, target]) => bind(key, target))
      warn()
    } while (again && !stop.signal.aborted)
  }
  const start = () => {
    again = true
    running ??= work().finally(() => {
      running = undefined
    })
  }

  const retry = async () => {
    for (;;) {
      await sleep(retryMs, undefined, { signal: stop.signal, ref: false })
      if (failed.size > 0) start()
    }
  }
  retry().catch(() => {})

  return {
    get bound() {
      return [...listeners.keys()]
    },
    apply() {
      const { config, draining } = state
      const basis = [draining ? undefined : config, parts.name()] as const
      // Members change with every sign-in; there may be as many ports as there are.
      if (basis.every((value, index) => value === applied[index])) return
      applied = basis
      const { ports, taken } =
        config && !draining
          ? publishedPorts(config, parts.name())
          : { ports: new Map<string, PublishedPort>(), taken: [] }
      wanted = ports
      for (const key of failed) if (!wanted.has(key)) failed.delete(key)
      for (const { publication, host, port } of taken) {
        const { name } = publication
        if (overlaps.has(name)) continue
        overlaps.add(name)
        onWarning('PUBLICATION_OVERLAP', `Publication ${name}: ${host} port ${port} belongs to another one.`)
      }
      for (const name of overlaps)
        if (!taken.some(({ publication }) => publication.name === name)) overlaps.delete(name)
      start()
    },
    async settled() {
      while (running) await running
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      wanted = new Map()
      while (running) await running
      await inBatches([...listeners], ([key, listener]) => close(key, listener))
    },
  }
}

async function inBatches<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    await Promise.all(items.slice(at, at + AT_ONCE).map(act))
  }
}
