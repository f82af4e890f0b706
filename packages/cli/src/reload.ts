import type { FtpServer } from '@portolan/server'
import { formatProblem, type Settings, SettingsError } from '@portolan/settings'
import type { Logger } from 'pino'
import type { ServePlan } from './serve-plan.ts'

/**
 * Makes the handler of SIGHUP: reads the settings anew and puts them in force, or says why not and leaves all as it is.
 * Calls that come while one is at work are done once, after it.
 */
export function createReloader(
  server: Pick<FtpServer, 'reload'>,
  plan: Pick<ServePlan, 'load'>,
  settings: Settings,
  logger: Logger,
): () => void {
  let atWork = false
  let again = false
  let metrics = JSON.stringify(settings.metrics)
  const reload = async () => {
    try {
      const loaded = await plan.load()
      for (const problem of loaded.warnings) logger.warn({ event: 'settings' }, formatProblem(problem))
      await server.reload(loaded.settings)
      logger.level = loaded.settings.log.level
      if (JSON.stringify(loaded.settings.metrics) === metrics) return
      metrics = JSON.stringify(loaded.settings.metrics)
      logger.warn({ event: 'settings' }, 'the setting metrics has changed: it takes effect at the next start')
    } catch (error) {
      const lines = error instanceof SettingsError ? error.problems.map(formatProblem) : [messageOf(error)]
      for (const line of lines) logger.error({ event: 'reload-failed' }, line)
      logger.error({ event: 'reload-failed' }, 'the old settings stay in force')
    }
  }
  return () => {
    again = true
    if (atWork) return
    atWork = true
    const run = async () => {
      while (again) {
        again = false
        await reload()
      }
      atWork = false
    }
    void run()
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
