import type { FastifyRequest } from 'fastify'
import type { Principal } from './principal.ts'
import type { AuditNote, Route } from './route.ts'

/** What the HTTP layer knows of a request, from its headers to its end. */
export interface RequestState {
  readonly route: Route
  readonly address: string
  principal: Principal | undefined
  readonly notes: AuditNote[]
}

const states = new WeakMap<FastifyRequest, RequestState>()

/** Remembers what is known of a request. */
export function beginState(request: FastifyRequest, state: RequestState): RequestState {
  states.set(request, state)
  return state
}

/** What is known of a request; undefined for one that no route of the API has taken. */
export function stateOf(request: FastifyRequest): RequestState | undefined {
  return states.get(request)
}
