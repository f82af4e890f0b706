import { LIVE_TOPICS, type LiveTopic, liveQuery, type Scope } from '../contract/index.ts'
import { CLOSING } from '../http/http-server.ts'
import type { Principal } from '../http/principal.ts'
import { Problem } from '../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { LiveHub } from '../resources/live/live-hub.ts'
import { EventStream, HEARTBEAT_MS } from '../resources/live/sse.ts'
import { stillMay } from '../resources/live/still-may.ts'

/** Streams at once: of one principal, and of all. */
const MOST_OF_ONE = 10
const MOST = 200

/** What each topic shows, and so asks for. */
const TOPIC_SCOPES: Readonly<Record<LiveTopic, Scope>> = {
  sample: 'metrics:read',
  sessions: 'sessions:read',
  ports: 'sessions:read',
  incident: 'logs:read',
  transfer: 'logs:read',
  run: 'transfers:read',
  stream: 'access:read',
  members: 'access:read',
}

/** Live figures by server-sent events. */
export const liveRoutes = (services: Services): Route[] => {
  const { server, live, node, now, store, transfers, access } = services
  const hub = new LiveHub({ server, live, node: node.name, now, store, transfers, access })
  const open = new OpenStreams()
  return [
    defineRoute({
      method: 'GET',
      path: '/live',
      access: 'signed-in',
      summary: `Events as they happen, of the topics ${LIVE_TOPICS.join(', ')}`,
      tag: 'live',
      query: liveQuery,
      async handle(ask) {
        const topics = topicsOf(ask.query.topics)
        const { actor } = allowed(ask.principal, topics)
        open.check(actor)
        const events = begin(ask, services, hub, topics)
        open.add(actor, events, ask)
        return ask.reply
      },
    }),
  ]
}

/** The streams of one app. */
class OpenStreams {
  readonly #streams = new Map<EventStream, string>()
  #follows = false

  /** @throws {Problem} 429 `LIVE_TOO_MANY` */
  check(actor: string): void {
    const own = [...this.#streams.values()].filter(one => one === actor).length
    if (own < MOST_OF_ONE && this.#streams.size < MOST) return
    const text = `${own >= MOST_OF_ONE ? own : this.#streams.size} streams of live figures are open already: close one, such as another tab`
    throw new Problem(429, 'LIVE_TOO_MANY', text)
  }

  add(actor: string, events: EventStream, { request, reply }: Pick<Stream, 'request' | 'reply'>): void {
    this.#streams.set(events, actor)
    reply.raw.once('close', () => this.#streams.delete(events))
    if (this.#follows) return
    this.#follows = true
    // A stream would else hold up a server that closes.
    request.server.server.once(CLOSING, () => {
      for (const one of this.#streams.keys()) one.end()
    })
  }
}

type Stream = Pick<Ask<unknown, unknown, unknown>, 'request' | 'reply' | 'principal' | 'gate'>

function topicsOf(text: string): ReadonlySet<LiveTopic> {
  const topics = new Set<LiveTopic>()
  for (const word of text.split(',').map(one => one.trim())) {
    const topic = LIVE_TOPICS.find(one => one === word)
    if (!topic) {
      const message = `must be some of ${LIVE_TOPICS.join(', ')}, separated by commas`
      throw new Problem(422, 'LIVE_TOPIC', `topics ${message}`, [{ path: 'topics', message }])
    }
    topics.add(topic)
  }
  return topics
}

function allowed(principal: Principal | undefined, topics: ReadonlySet<LiveTopic>): Principal {
  const missing = [...topics].find(topic => !principal?.scopes.has(TOPIC_SCOPES[topic]))
  if (principal && missing === undefined) return principal
  const topic = missing ?? 'sample'
  throw new Problem(403, 'ACCESS_DENIED', `The topic ${topic} needs the scope ${TOPIC_SCOPES[topic]}.`)
}

/** Begins a stream. It ends when the client leaves, the console closes, or the principal may not watch any more. */
function begin(
  caller: Stream,
  services: Services,
  hub: LiveHub,
  topics: ReadonlySet<LiveTopic>,
): EventStream {
  const { reply } = caller
  reply.hijack()
  const events = new EventStream(reply.raw, presentHeaders(reply.getHeaders()))
  const watching = hub.watch(topics, events)
  const scopes = new Set([...topics].map(topic => TOPIC_SCOPES[topic]))
  const check = () =>
    void stillMay(services, caller, scopes).then(
      may => (may ? events.heartbeat() : events.end()),
      // The store does not answer: nobody is shut out for that.
      () => events.heartbeat(),
    )
  const heart = setInterval(check, HEARTBEAT_MS)
  heart.unref()
  const changes = services.store.changes.subscribe(({ topic }) => {
    if (topic === 'administrators' || topic === 'tokens' || topic === 'all') check()
  })
  reply.raw.once('close', () => {
    clearInterval(heart)
    changes[Symbol.dispose]()
    watching[Symbol.dispose]()
  })
  return events
}

function presentHeaders(
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): Record<string, number | string | string[]> {
  const present: Record<string, number | string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) present[name] = value
  return present
}
