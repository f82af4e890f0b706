import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ProblemDetails } from '../contract/index.ts'
import type { Audit } from './audit.ts'
import type { Log } from './log.ts'
import { STATUS_CODES } from './node-http.ts'
import { Problem } from './problem.ts'
import { stateOf } from './request-state.ts'
import { problemOf } from './status-of.ts'

/** Problem details as RFC 9457 section 3.1 has them. */
export function detailsOf({ status, code, message, errors }: Problem): ProblemDetails {
  const title = STATUS_CODES[status] ?? 'Error'
  return { type: 'about:blank', title, status, detail: message, code, ...(errors && { errors: [...errors] }) }
}

/** Answers with a problem. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  // Serialised here: the route's schemas are those of its successes.
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(detailsOf(problem))
}

/** Turns whatever was thrown into an answer. What nobody expected is told to the log alone, under an id that the answer has too. */
export function errorHandler(audit: Audit, log: Log) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const problem = problemOf(error) ?? broken(error, request) ?? unexpected(error, request, log)
    if (problem.status >= 500 && problem.code !== 'INTERNAL')
      log('warn', { code: problem.code, route: request.routeOptions.url ?? '' }, problem.message)
    const state = stateOf(request)
    if (state) await audit.refused(state, problem)
    return sendProblem(reply, problem)
  }
}

/** The client went away in the middle of its body: nobody's fault here, and nobody reads the answer. */
function broken(error: unknown, { raw }: FastifyRequest): Problem | undefined {
  if (!raw.destroyed || raw.complete) return undefined
  return new Problem(400, 'REQUEST_BROKEN', 'The request broke off before its end.', undefined, {
    cause: error,
  })
}

function unexpected(error: unknown, request: FastifyRequest, log: Log): Problem {
  const id = randomUUID()
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const route = request.routeOptions.url ?? ''
  log('error', { id, method: request.method, route, error: text }, 'a request failed unexpectedly')
  const detail = `Something went wrong that should not. The log of the node says what, under ${id}.`
  return new Problem(500, 'INTERNAL', detail, undefined, { cause: error })
}
