import { z } from 'zod'
import { accessSession, accessStream, accessStreamsQuery, logPageOf } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import { StreamsService } from '../../resources/access/streams-service.ts'

const byConnection = z.object({ connection: z.string().max(64) })
const bySession = z.object({ session: z.string().max(64) })
const kicked = z.object({ streams: z.int() })

/** The log of the access path, what is open now, and sessions as a whole. */
export const gatewayStreamsRoutes = (services: Services): Route[] => {
  const streams = new StreamsService(services)
  /** Ends what is open, and answers how many streams that were. */
  const kick = (
    ask: Pick<Ask<unknown, unknown, unknown>, 'audit'>,
    which: { readonly connection: string } | { readonly session: string },
  ) => {
    const controller = services.access.controller()
    const open = streams
      .open()
      .filter(stream =>
        'connection' in which ? stream.ConnectionID === which.connection : stream.SessionID === which.session,
      )
    const [first] = open
    const [what, id] = 'connection' in which ? ['stream', which.connection] : ['session', which.session]
    if (!first) {
      const text = `the ${what} ${id} is not open at an edge of this node; it may have ended`
      throw new Problem(404, 'STREAM_MISSING', text)
    }
    controller.kick(which)
    const text = `${first.Username} to ${first.Host}:${first.ServicePort}`
    ask.audit({ action: `access.${what}.kick`, target: id ?? '', text })
    return { streams: open.length }
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/access/streams',
      access: 'access:read',
      summary: 'The log of streams, newest first',
      tag: 'access',
      query: accessStreamsQuery,
      response: logPageOf(accessStream),
      handle: ({ query }) => streams.list(query),
    }),
    defineRoute({
      method: 'GET',
      path: '/access/streams/live',
      access: 'access:read',
      summary: 'Streams that are open at the edges of this node, newest first',
      tag: 'access',
      response: z.object({ items: z.array(accessStream) }),
      handle: async () => ({ items: streams.open() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/access/sessions/:session',
      access: 'access:read',
      summary: 'One FTP session as one timeline',
      tag: 'access',
      params: bySession,
      response: accessSession,
      handle: ({ params }) => streams.session(params.session),
    }),
    defineRoute({
      method: 'POST',
      path: '/access/streams/:connection/kick',
      access: 'access:run',
      summary: 'End a stream',
      tag: 'access',
      params: byConnection,
      response: kicked,
      handle: async ask => kick(ask, { connection: ask.params.connection }),
    }),
    defineRoute({
      method: 'POST',
      path: '/access/sessions/:session/kick',
      access: 'access:run',
      summary: 'End all streams of a session',
      tag: 'access',
      params: bySession,
      response: kicked,
      handle: async ask => kick(ask, { session: ask.params.session }),
    }),
  ]
}
