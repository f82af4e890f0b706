import { fileURLToPath } from 'node:url'
import type { Logger } from 'pino'
import { logEvent } from './log.ts'
import type { ServePlan, StorePlace } from './serve-plan.ts'
import type { Serving } from './serving.ts'
import { version } from './version.ts'

/** The built web console. */
const WEB = fileURLToPath(new URL('../../web/dist/', import.meta.url))

/** Serves a node: users, logs and changed settings are in a store, and there is a web console. */
export async function serveNode(plan: ServePlan, place: StorePlace, logger: Logger): Promise<Serving> {
  const { serveMetrics, startNode } = await import('@portolan/console')
  await using started = new AsyncDisposableStack()
  const node = started.use(
    await startNode({
      place,
      load: plan.load,
      version: version(),
      processes: true,
      web: WEB,
      ...(plan.data?.made && { firstUser: plan.data.made }),
      log: (level, fields, text) => logger[level](fields, text),
      onSettings(settings) {
        logger.level = settings.log.level
      },
      onEvent(event) {
        if (event.type === 'warning' && event.code === 'no-certificate') return
        logEvent(logger, event)
      },
    }),
  )
  const { metrics: at } = node.settings
  if (at !== undefined) {
    const http = started.use(await serveMetrics(node.metrics, at))
    logger.info({ event: 'metrics', url: http.url }, `figures for Prometheus at ${http.url}`)
  }
  const owned = started.move()
  return {
    server: node.server,
    get settings() {
      return node.settings
    },
    user: node.someUser,
    links: {
      ...(node.consoleUrl !== undefined && { console: node.consoleUrl }),
      ...(node.setupUrl !== undefined && { setup: node.setupUrl }),
    },
    reload: () => void node.reload(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
