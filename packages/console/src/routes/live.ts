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
}

/** Live figures by server-sent events. */
export const liveRoutes = (services: Services): Route[] => {
  const { server, live, node, now } = services
  const hub = new LiveHub({ server, live, node: node.name, now })
  const open = new Map<string, number>()
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
        const principal = allowed(ask.principal, topics)
        takePlace(open, principal.actor)
        stream(ask, services, hub, topics, () => leavePlace(open, principal.actor))
        return ask.reply
      },
    }),
  ]
}

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
  const scope = TOPIC_SCOPES[missing ?? 'sample']
  throw new Problem(403, 'ACCESS_DENIED', `The topic ${missing ?? 'sample'} needs the scope ${scope}.`)
}

function takePlace(open: Map<string, number>, actor: string): void {
  const own = open.get(actor) ?? 0
  const all = [...open.values()].reduce((sum, one) => sum + one, 0)
  if (own >= MOST_OF_ONE || all >= MOST) {
    const text = `${own >= MOST_OF_ONE ? own : all} streams of live figures are open already: close one, such as another tab`
    throw new Problem(429, 'LIVE_TOO_MANY', text)
  }
  open.set(actor, own + 1)
}

function leavePlace(open: Map<string, number>, actor: string): void {
  const left = (open.get(actor) ?? 1) - 1
  if (left > 0) open.set(actor, left)
  else open.delete(actor)
}

/** Runs a stream until the client leaves, the server closes, or the principal may not watch any more. */
function stream(
  caller: Pick<Ask<unknown, unknown, unknown>, 'request' | 'reply' | 'principal' | 'gate'>,
  services: Services,
  hub: LiveHub,
  topics: ReadonlySet<LiveTopic>,
  onEnd: () => void,
): void {
  const { request, reply } = caller
  const { raw } = reply
  reply.hijack()
  const events = new EventStream(raw, presentHeaders(reply.getHeaders()))
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
  // A stream would else hold up a server that closes.
  const closing = () => events.end()
  request.server.server.once(CLOSING, closing)
  raw.once('close', () => {
    clearInterval(heart)
    changes[Symbol.dispose]()
    watching[Symbol.dispose]()
    request.server.server.off(CLOSING, closing)
    onEnd()
  })
}

function presentHeaders(
  headers: Readonly<Record<string, number | string | string[] | undefined>>,
): Record<string, number | string | string[]> {
  const present: Record<string, number | string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) present[name] = value
  return present
}
