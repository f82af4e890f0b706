import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { nonceOf } from './headers.ts'
import { Problem } from './problem.ts'
import { sendProblem } from './problem-reply.ts'

/** Where the build puts files whose names change with what is in them. */
const HASHED = '/assets/'
/** A year: longer says nothing (RFC 9111 section 1.2.2 leaves it open, caches do not). */
const FOREVER = 'public, max-age=31536000, immutable'
/**
 * What browsers heed in documents alone. A page has some fifty scripts and styles, and these would be a tenth of what comes
 * over the wire.
 */
const OF_DOCUMENTS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'permissions-policy',
  'x-dns-prefetch-control',
  'x-download-options',
  'x-frame-options',
  'x-permitted-cross-domain-policies',
  'x-xss-protection',
]
const NOT_BUILT =
  'The web console is not built: run `npm start` in the working tree, or use the API, which /api/v1/openapi.json describes.\n'

/**
 * Serves the files of the built web console, the compressed ones that the build made beside them where the browser takes
 * them.
 */
export async function serveWebFiles(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    index: false,
    preCompressed: true,
    cacheControl: false,
    dotfiles: 'ignore',
    schemaHide: true,
    // The page itself needs a nonce, whichever way it is asked for.
    allowedPath: path => path !== '/index.html' && !path.endsWith('/'),
    setHeaders: (reply, path) => {
      const isHashed = path.startsWith(join(folder, HASHED))
      reply.header('cache-control', isHashed ? FOREVER : 'no-cache')
      if (/\.(?:js|css)(?:\.br|\.gz)?$/.test(path)) for (const name of OF_DOCUMENTS) drop(reply, name)
    },
  })
}

function drop(reply: FastifyReply, name: string): void {
  reply.removeHeader(name)
  reply.raw.removeHeader(name)
}

/** Answers paths that are no file and not the API: with the page, which finds its way by itself. */
export function webPage(folder: string | undefined) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { method, url } = request
    if (method !== 'GET' && method !== 'HEAD') {
      const headers = { allow: 'GET, HEAD' }
      return sendProblem(
        reply,
        new Problem(405, 'METHOD_NOT_ALLOWED', 'This is a page.', undefined, { headers }),
      )
    }
    if (url.startsWith(HASHED))
      return sendProblem(reply, new Problem(404, 'NOT_FOUND', 'There is no such file.'))
    const page = folder && (await readFile(join(folder, 'index.html'), 'utf8').catch(() => undefined))
    if (!page) return reply.code(404).type('text/plain; charset=utf-8').send(NOT_BUILT)
    return reply.type('text/html; charset=utf-8').send(withNonce(page, nonceOf(reply.raw)))
  }
}

/**
 * Puts the nonce where the policy asks for it, and into a meta element, from which the page gives it to styles that it
 * makes.
 */
export function withNonce(page: string, nonce: string): string {
  const meta = `<meta name="csp-nonce" content="${nonce}" />`
  return page
    .replaceAll(/\s+nonce="[^"]*"/g, '')
    .replaceAll(/\s*<meta\s[^>]*csp-nonce[^>]*>/g, '')
    .replaceAll(/<(script|style|link)\b/g, `<$1 nonce="${nonce}"`)
    .replace(/<head[^>]*>/, head => `${head}\n    ${meta}`)
}
