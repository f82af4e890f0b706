import type { FastifyInstance } from 'fastify'
import { NodeError } from '../node/node-error.ts'

/**
 * Opens the console at an address. Answers the port that was bound.
 * @throws {NodeError} `NODE_LISTEN` with what stands in the way
 */
export async function listenConsole(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    const at = `${host.includes(':') ? `[${host}]` : host}:${port}`
    throw new NodeError('NODE_LISTEN', `the console cannot listen on ${at}: ${advice(error)}`, {
      cause: error,
    })
  }
  const bound = app.server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : port
}

function advice(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return 'another program listens there already; set console.port to another one'
  if (code === 'EACCES') return 'ports below 1024 need the right to bind them'
  if (code === 'EADDRNOTAVAIL') return 'this machine has no such address'
  if (code === 'ENOTFOUND') return 'no address is known for this name'
  return error instanceof Error ? error.message : String(error)
}
