import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'
import { sendProblem } from './problem-reply.ts'
import { API, urlOf } from './register-route.ts'
import type { Route } from './route.ts'

/**
 * Answers for a path of the API that there is not, or not for this method (RFC 9110 section 15.5.6).
 * Undefined when the path is not one of the API at all.
 */
export function apiNotFound(routes: readonly Route[]) {
  const patterns = routes.map(route => ({ method: route.method, parts: urlOf(route).split('/') }))
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    const [path = ''] = request.url.split('?')
    const parts = path.split('/')
    const methods = patterns.filter(pattern => fits(pattern.parts, parts)).map(({ method }) => method)
    if (methods.length > 0) {
      const allow = [...new Set(methods)].toSorted().join(', ')
      const text = `${path} is there for ${allow}.`
      return sendProblem(
        reply,
        new Problem(405, 'METHOD_NOT_ALLOWED', text, undefined, { headers: { allow } }),
      )
    }
    if (path !== API && !path.startsWith(`${API}/`) && !path.startsWith('/api/')) return undefined
    const text = `There is nothing at ${path}; ${API}/openapi.json says what there is.`
    return sendProblem(reply, new Problem(404, 'NOT_FOUND', text))
  }
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return (
    pattern.length === parts.length &&
    pattern.every((part, i) => part === parts[i] || (part.startsWith(':') && parts[i] !== ''))
  )
}
