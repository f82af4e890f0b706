import type { FtpServer, ServerEvent } from '@portolan/server'

/** The event of a type. */
type EventOf<T extends ServerEvent['type']> = Extract<ServerEvent, { type: T }>

/** What a server in this process says, kept and awaited. */
export class EventLog {
  readonly all: ServerEvent[] = []
  readonly #watchers = new Set<(event: ServerEvent) => void>()

  constructor(server: FtpServer) {
    server.on('event', event => {
      this.all.push(event)
      for (const watch of this.#watchers) watch(event)
    })
  }

  of<T extends ServerEvent['type']>(type: T): EventOf<T>[] {
    return this.all.filter((event): event is EventOf<T> => event.type === type)
  }

  /** The first event of a type that fits, among those that came and those that will. @param limitMs - default 10,000 */
  async wait<T extends ServerEvent['type']>(
    type: T,
    fits: (event: EventOf<T>) => boolean = () => true,
    limitMs = 10_000,
  ): Promise<EventOf<T>> {
    const there = this.of(type).find(fits)
    if (there) return there
    const { promise, resolve, reject } = Promise.withResolvers<EventOf<T>>()
    const isOfType = (event: ServerEvent): event is EventOf<T> => event.type === type
    const watch = (event: ServerEvent) => {
      if (isOfType(event) && fits(event)) resolve(event)
    }
    const timer = setTimeout(() => {
      const seen = this.all.slice(-10).map(event => JSON.stringify(event))
      reject(new Error(`no such ${type} event within ${limitMs} ms; the last ones:\n${seen.join('\n')}`))
    }, limitMs)
    this.#watchers.add(watch)
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#watchers.delete(watch)
    }
  }
}
