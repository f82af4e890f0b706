import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'

/** How often what is too old is looked for, in milliseconds. */
const EVERY_MS = 60_000

/** How long members of the access path are shown that were revoked, and agents whose sign-in has ended, in milliseconds. */
const GONE_MEMBERS_MS = 30 * 24 * 3_600_000

/** What housekeeping takes from outside. */
export interface HousekeepingOptions {
  readonly store: Pick<
    Store,
    'transfers' | 'incidents' | 'audit' | 'webSessions' | 'bans' | 'initiated' | 'access'
  >
  retention(): Settings['retention']
  keepRuns(): Settings['transfers']['keepRuns']
  keepStreams(): Settings['gateway']['keepStreams']
  readonly now?: () => number
}

/** Removes log rows, sessions and bans that are too old or too many, once a minute, in small slices. */
export function keepHouse({
  store,
  retention,
  keepRuns,
  keepStreams,
  now = Date.now,
}: HousekeepingOptions): AsyncDisposable & {
  /** Does it now. */
  run(): Promise<void>
} {
  let running: Promise<void> | undefined
  const work = async () => {
    const at = now()
    const { transfers, incidents, audit } = retention()
    await store.transfers.prune(transfers, at)
    await store.incidents.prune(incidents, at)
    await store.audit.prune(audit, at)
    await store.webSessions.prune(at)
    await store.bans.prune(at)
    await store.initiated.runs.prune(keepRuns(), at)
    await store.access.streams.prune(keepStreams(), at)
    await store.access.members.prune(at - GONE_MEMBERS_MS)
  }
  const run = () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
  // Without the database there is nothing to tidy; the next minute tries again.
  const timer = setInterval(() => void run().catch(() => {}), EVERY_MS)
  timer.unref()
  return {
    run,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running?.catch(() => {})
    },
  }
}
