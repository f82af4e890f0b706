import { isDeepStrictEqual } from 'node:util'
import type { FtpServer } from '@portolan/server'
import { formatProblem, type Settings, SettingsError } from '@portolan/settings'
import type { Logger } from 'pino'
import type { ServePlan } from './serve-plan.ts'

/** Puts new settings in force. */
export interface Reloader {
  /** Reads the settings anew and puts them in force, or says in the log why not and leaves all as it is. Never throws. */
  reload(this: void): void
  /** Those in force. */
  readonly settings: Settings
}

/**
 * Makes the handler of SIGHUP.
 * Calls that come while one is at work are done once, after it.
 */
export function createReloader(
  server: Pick<FtpServer, 'reload'>,
  plan: Pick<ServePlan, 'load'>,
  started: Settings,
  logger: Logger,
): Reloader {
  let atWork = false
  let again = false
  let settings = started
  const reload = async () => {
    try {
      const loaded = await plan.load()
      for (const problem of loaded.warnings) logger.warn({ event: 'settings' }, formatProblem(problem))
      await server.reload(loaded.settings)
      logger.level = loaded.settings.log.level
      const hasMoved = !isDeepStrictEqual(loaded.settings.metrics, settings.metrics)
      settings = loaded.settings
      if (!hasMoved) return
      logger.warn({ event: 'settings' }, 'the setting metrics has changed: it takes effect at the next start')
    } catch (error) {
      const lines = error instanceof SettingsError ? error.problems.map(formatProblem) : [messageOf(error)]
      for (const line of lines) logger.error({ event: 'reload-failed' }, line)
      logger.error({ event: 'reload-failed' }, 'the old settings stay in force')
    }
  }
  const work = async () => {
    while (again) {
      again = false
      await reload()
    }
    atWork = false
  }
  return {
    reload() {
      again = true
      if (atWork) return
      atWork = true
      void work()
    },
    get settings() {
      return settings
    },
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
