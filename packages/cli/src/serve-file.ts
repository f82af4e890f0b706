import { FtpServer, type ServerEvent } from '@portolan/server'
import { formatProblem, type LoadedSettings, type Settings } from '@portolan/settings'
import type { Logger } from 'pino'
import { logEvent } from './log.ts'
import { createReloader } from './reload.ts'
import type { ServePlan } from './serve-plan.ts'
import type { Serving } from './serving.ts'

/** Serves what a settings file and flags say, without a store. */
export async function serveFile(plan: ServePlan, loaded: LoadedSettings, logger: Logger): Promise<Serving> {
  await using started = new AsyncDisposableStack()
  for (const problem of loaded.warnings)
    logger.warn({ event: 'settings', path: problem.path }, formatProblem(problem))
  const server = started.use(new FtpServer(loaded.settings, { processes: true }))
  started.use(await watch(server, loaded.settings, logger))
  await server.start()
  const reloader = createReloader(server, plan, loaded.settings, logger)
  const owned = started.move()
  return {
    server,
    get settings() {
      return reloader.settings
    },
    user: reloader.settings.users.find(one => one.enabled && one.password !== undefined),
    links: {},
    reload: reloader.reload,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Writes the log and counts figures from the events of a server. */
async function watch(server: FtpServer, { metrics: at }: Settings, logger: Logger): Promise<AsyncDisposable> {
  server.on('event', (event: ServerEvent) => {
    // The check of the settings has said it already, with the line and what to do.
    if (event.type === 'warning' && event.code === 'no-certificate') return
    logEvent(logger, event)
  })
  if (at === undefined) return { [Symbol.asyncDispose]: async () => {} }
  const { createMetrics, serveMetrics } = await import('@portolan/console')
  const metrics = createMetrics(() => server.figures())
  server.on('event', metrics.count)
  const http = await serveMetrics(metrics, at)
  logger.info({ event: 'metrics', url: http.url }, `figures for Prometheus at ${http.url}`)
  return http
}
