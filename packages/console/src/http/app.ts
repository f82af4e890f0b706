import { existsSync } from 'node:fs'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import { TrustedNetworks } from '@portolan/channels'
import { type FastifyInstance, fastify } from 'fastify'
import type { Services } from '../node/services.ts'
import { Audit } from './audit.ts'
import { withoutZone } from './client-address.ts'
import { compressJson } from './compress-json.ts'
import type { ConsoleSettings } from './console-settings.ts'
import { Gate, type SetupSecret } from './gate.ts'
import { addHeaders, HELMET } from './headers.ts'
import { checkHost } from './host-check.ts'
import {
  answerClientError,
  createHttpServer,
  endWithin,
  lingerOnRefusal,
  type TlsFiles,
} from './http-server.ts'
import type { Log } from './log.ts'
import { apiNotFound } from './not-found.ts'
import { Problem } from './problem.ts'
import { errorHandler, sendProblem } from './problem-reply.ts'
import { boundRequests } from './rate-limit.ts'
import { registerRoute } from './register-route.ts'
import type { Route } from './route.ts'
import { serializerCompiler, validatorCompiler, withoutCompilers } from './schemas.ts'
import { problemOf } from './status-of.ts'
import { serveWebFiles, webPage } from './web.ts'

/** Largest body of JSON, in bytes. */
const BODY_LIMIT = 1024 * 1024

/** Of what an app is made. */
export interface AppOptions {
  readonly services: Services
  readonly routes: readonly Route[]
  /** Those in force; with others, another app is made. */
  readonly settings: ConsoleSettings
  readonly setup: SetupSecret
  readonly log: Log
  /** Folder of the web console as it was built; absent, or without an index.html: a sentence says so. */
  readonly web?: string
  /** PEM. Absent: without TLS. A new certificate is set with `setSecureContext` of `app.server`. */
  readonly tls?: TlsFiles
  /** For tests: a change without a note for the audit log is an error. Default false. */
  readonly strict?: boolean
  /** Milliseconds that requests have to end in once the app is closed. Default 5000. */
  readonly closeMs?: number
  /** Milliseconds in which a body of JSON has to arrive. Default 30000. */
  readonly bodyMs?: number
  /** Milliseconds in which nothing may flow on a connection. Default 120000. */
  readonly idleMs?: number
}

/** The console over HTTP: the routes, who may call them, and the web console. It does not listen yet. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { services, routes, settings, log, closeMs = 5_000 } = options
  const gate = new Gate(services, settings, options.setup)
  const audit = new Audit(services, log)
  const proxies = new TrustedNetworks(settings.trustedProxies)
  const isTrusted = (address: string) => proxies.has(withoutZone(address))
  const app = fastify({
    serverFactory: handler =>
      createHttpServer(handler, { tls: options.tls, idleMs: options.idleMs ?? 120_000 }),
    trustProxy: isTrusted,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: false,
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 1_024 },
    schemaController: withoutCompilers,
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, problemOf(error) ?? new Problem(400, 'URL_INVALID', error.message))
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(errorHandler(audit, log))
  // JSON alone: a form of another site could send the other kinds that Fastify takes.
  app.removeContentTypeParser('text/plain')

  app.addHook('onRequest', async (request, reply) => {
    addHeaders(request, reply)
    if (!isProbe(request.url)) checkHost(request, settings.publicUrl, isTrusted)
  })
  await app.register(cookie)
  await app.register(helmet, HELMET)
  await boundRequests(app)
  compressJson(app)

  const around = { gate, audit, log, strict: options.strict ?? false, bodyMs: options.bodyMs ?? 30_000 }
  const [streams, plain] = [routes.filter(({ rawBody }) => rawBody), routes.filter(({ rawBody }) => !rawBody)]
  for (const route of plain) registerRoute(app, route, around)
  await app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const route of streams) registerRoute(scope, route, around)
  })

  if (options.web !== undefined && existsSync(options.web)) await serveWebFiles(app, options.web)
  const web = webPage(options.web)
  const notFound = apiNotFound(routes)
  app.setNotFoundHandler(
    { preHandler: app.rateLimit() },
    (request, reply) => notFound(request, reply) ?? web(request, reply),
  )
  lingerOnRefusal(app)
  endWithin(app, closeMs)
  app.addHook('onClose', async () => gate[Symbol.dispose]())
  await app.ready()
  return app
}

/** Whether a load balancer asks how the node is: by whatever name, or none. */
const isProbe = (url: string) => url === '/healthz' || url === '/readyz'
