import type { ChangeWatcher } from '../changes/watcher.ts'
import type { SqliteDatabase } from './open.ts'

/** How often SQLite is asked whether another connection has committed, in milliseconds. It costs some microseconds. */
const POLL_MS = 500

/** A look after so many polls without news, for the tidying that comes with it. */
const QUIET_POLLS = 600

/** Looks for changes when another process has written to the database. */
export function pollSqlite({ connection }: SqliteDatabase, watcher: ChangeWatcher): Disposable {
  const version = () => connection.pragma('data_version', { simple: true })
  let last = version()
  let quiet = 0
  const timer = setInterval(() => {
    try {
      const now = version()
      if (now === last && ++quiet < QUIET_POLLS) return
      quiet = 0
      watcher.look().then(
        () => {
          last = now
        },
        // Looked at again next time.
        () => {},
      )
    } catch {
      // A database that cannot be read now is asked again next time.
    }
  }, POLL_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
