import { z } from 'zod'
import { active } from './schema/active.ts'
import { bans } from './schema/bans.ts'
import { commands } from './schema/commands.ts'
import { webConsole } from './schema/console.ts'
import { gateway } from './schema/gateway.ts'
import { limits } from './schema/limits.ts'
import { listeners } from './schema/listeners.ts'
import { messages } from './schema/messages.ts'
import { passive } from './schema/passive.ts'
import { retention } from './schema/retention.ts'
import { log, metrics, server } from './schema/server.ts'
import { timeouts } from './schema/timeouts.ts'
import { tls } from './schema/tls.ts'
import { transfers } from './schema/transfers.ts'
import { uploads } from './schema/uploads.ts'
import { userClasses } from './schema/user-classes.ts'
import { anonymous, groups, users } from './schema/users.ts'

/**
 * The one schema of settings. Its texts are the manual, its defaults the ones that count.
 *
 * In the input a duration is `90s` or a number of seconds, a size `10MiB` or a number of bytes; in the output
 * durations are milliseconds, sizes bytes, and rates bytes per second.
 */
export const settingsSchema = z.strictObject({
  listeners,
  passive,
  active,
  tls,
  userClasses,
  users,
  groups,
  anonymous,
  limits,
  bans,
  timeouts,
  uploads,
  messages,
  commands,
  server,
  log,
  metrics,
  console: webConsole,
  retention,
  transfers,
  gateway,
})

/** Settings in full: every default is filled in, durations are milliseconds, sizes bytes, rates bytes per second. */
export type Settings = z.output<typeof settingsSchema>

/** Settings as a file or a program writes them: everything may be left out but what names a thing. Parsed settings are taken, too. */
export type SettingsInput = z.input<typeof settingsSchema> | Settings

export type ListenerSettings = Settings['listeners'][number]
export type UserSettings = Settings['users'][number]
export type GroupSettings = Settings['groups'][number]
