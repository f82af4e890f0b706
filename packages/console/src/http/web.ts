import type { FastifyReply, FastifyRequest } from 'fastify'

/** placeholder */
export async function loadWeb(_folder: string | undefined) {
  return (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.code(404).type('text/plain; charset=utf-8').send('The web console is not built.\n')
}
