import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { checkAccess } from './access.ts'
import type { Audit } from './audit.ts'
import { boundBody } from './body-deadline.ts'
import { clientAddress } from './client-address.ts'
import { checkCsrfToken, checkOrigin } from './csrf.ts'
import type { Gate } from './gate.ts'
import type { Log } from './log.ts'
import { beginState, type RequestState, stateOf } from './request-state.ts'
import type { Route } from './route.ts'
import { clearSessionCookie, sessionCookieOf } from './session-cookie.ts'

/** Below what the routes are. */
export const API = '/api/v1'

/** What the routes of an app have in common. */
interface RouteSurroundings {
  readonly gate: Gate
  readonly audit: Audit
  readonly log: Log
  /** A change that was made without a note for the audit log is an error. For tests. */
  readonly strict: boolean
  /** Milliseconds in which a body of JSON has to arrive. */
  readonly bodyMs: number
}

/** Where a route is. */
export const urlOf = ({ path, rooted }: Pick<Route, 'path' | 'rooted'>) => (rooted ? path : API + path)

const changes = ({ method, unaudited }: Route) => method !== 'GET' && !unaudited

/** Puts a route into an app: who may call it is decided by its headers, before its body is read. */
export function registerRoute(app: FastifyInstance, route: Route, around: RouteSurroundings): void {
  app.route({
    method: route.method,
    url: urlOf(route),
    exposeHeadRoute: route.rooted === true,
    schema: {
      ...(route.params && { params: route.params }),
      ...(route.query && { querystring: route.query }),
      ...(route.body && !route.rawBody && { body: route.body }),
      ...(route.response && { response: { [route.status ?? 200]: route.response } }),
    },
    onRequest: async (request, reply) => {
      await enter(request, reply, route, around.gate)
    },
    ...(!route.rawBody && route.method !== 'GET' && { preParsing: boundBody(around.bodyMs) }),
    handler: (request, reply) => answer(request, reply, route, around),
  })
}

async function enter(request: FastifyRequest, reply: FastifyReply, route: Route, gate: Gate): Promise<void> {
  const state = beginState(request, {
    route,
    address: clientAddress(request),
    principal: undefined,
    notes: [],
  })
  if (route.access === 'public') {
    if (route.method !== 'GET') checkOrigin(request, gate.settings.publicUrl)
    return
  }
  const caller = await gate.principals.of(request)
  state.principal = caller?.principal
  // A cookie that is worth nothing any more need not come again.
  if (!caller && sessionCookieOf(request) !== undefined) clearSessionCookie(request, reply)
  if (caller?.cookie !== undefined && route.method !== 'GET') {
    checkOrigin(request, gate.settings.publicUrl)
    checkCsrfToken(request, caller.cookie)
  }
  checkAccess(route.access, caller?.principal)
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
  { gate, audit, log, strict }: RouteSurroundings,
): Promise<unknown> {
  const state = stateOf(request) ?? lost(route)
  const { params, query, body } = request
  const result = await route.handle({
    params,
    query,
    body,
    principal: state.principal,
    address: state.address,
    gate,
    audit: note => void state.notes.push(note),
    request,
    reply,
  })
  if (changes(route) && state.notes.length === 0) {
    const text = `${route.method} ${route.path} changed something and noted nothing for the audit log`
    if (strict) throw new Error(text)
    log('error', { route: route.path }, text)
  }
  await audit.write(state)
  if (reply.sent || result === reply) return reply
  if (result === undefined) return reply.code(204).send()
  // A handler may have said another one, such as 503 of a check that failed.
  if (reply.statusCode === 200) reply.code(route.status ?? 200)
  return reply.send(result)
}

/** A handler runs after its request has entered; the type does not know. */
function lost(route: Route): RequestState {
  throw new Error(`${route.method} ${route.path} was called without having been entered`)
}
