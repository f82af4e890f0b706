import type { JsonValue } from '@portolan/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Scope } from '../contract/index.ts'
import type { Gate } from './gate.ts'
import type { Principal } from './principal.ts'

/**
 * Who may call a route: a scope, or
 * - `public`: anybody, without signing in;
 * - `signed-in`: any principal;
 * - `files`: an FTP user who signed in for the Files page.
 */
export type Access = Scope | 'public' | 'signed-in' | 'files'

/** A change, for the audit log. Secrets are left out by whoever notes it. */
export interface AuditNote {
  /** Such as `user.create`. */
  readonly action: string
  readonly target: string
  readonly before?: JsonValue
  readonly after?: JsonValue
  readonly text?: string
  /** Default `done`. */
  readonly outcome?: 'done' | 'refused'
  /** Who, where the principal does not say it: at signing in. */
  readonly actor?: string
}

/** What a handler is given. Everything in it was checked by its schema. */
export interface Ask<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** For `public` routes it may be undefined. */
  readonly principal: Principal | undefined
  readonly address: string
  /** Sessions, passwords and what else signing in needs. */
  readonly gate: Gate
  /** Notes a change. Every route that is no GET has to note at least one, or to throw. */
  audit(note: AuditNote): void
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** One route of the API. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/api/v1`, with `:name` for parameters; `rooted` ones are taken as they are. */
  readonly path: string
  readonly rooted?: boolean
  readonly access: Access
  /** One line for OpenAPI. */
  readonly summary: string
  /** The section of OpenAPI, such as `users`. */
  readonly tag: string
  readonly params?: z.ZodType
  readonly query?: z.ZodType
  readonly body?: z.ZodType
  /** What a 2xx answer holds; absent: the handler writes the reply itself (files, streams, texts). */
  readonly response?: z.ZodType
  /** Default 200, and 204 when the handler answers undefined. */
  readonly status?: number
  /** The body is a stream that the handler reads from `request.raw`; it has no schema and no bound of size. */
  readonly rawBody?: boolean
  /** Notes nothing in the audit log: it changes nothing, as a preview, or its change is in another log, as an upload. */
  readonly unaudited?: boolean
  handle(ask: Ask<unknown, unknown, unknown>): Promise<unknown>
}

type Out<T> = T extends z.ZodType ? z.output<T> : undefined

/** A route whose handler has the types of its schemas. */
export function defineRoute<
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  R extends z.ZodType | undefined = undefined,
>(
  route: Omit<Route, 'params' | 'query' | 'body' | 'response' | 'handle'> & {
    params?: P
    query?: Q
    body?: B
    response?: R
    handle(ask: Ask<Out<P>, Out<Q>, Out<B>>): Promise<R extends z.ZodType ? z.input<R> | undefined : unknown>
  },
): Route {
  // The app parses what comes in by these very schemas before it calls the handler.
  return route as Route
}
