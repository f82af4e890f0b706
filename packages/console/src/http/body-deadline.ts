import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/**
 * Gives a body its time. Node's own bound counts for all requests alike, and uploads may take hours; those are bounded by
 * the time in which nothing flows.
 * @param ms - milliseconds in which a body of JSON, 1 MiB at most, has to arrive
 */
export function boundBody(ms: number) {
  return async (
    { raw }: FastifyRequest,
    _reply: FastifyReply,
    payload: NodeJS.ReadableStream,
  ): Promise<NodeJS.ReadableStream> => {
    const timer = setTimeout(() => {
      const slow = new Problem(408, 'BODY_SLOW', `The body did not arrive within ${ms / 1_000} seconds.`)
      // Whoever reads the body answers with the error; destroying it would cut the connection without a word.
      if (raw.listenerCount('error') > 0) raw.emit('error', slow)
      else raw.destroy()
    }, ms)
    timer.unref()
    const clear = () => clearTimeout(timer)
    raw.once('end', clear)
    raw.once('close', clear)
    return payload
  }
}
