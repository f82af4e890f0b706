import pg from 'pg'
import type { ChangeWatcher } from '../changes/watcher.ts'
import { clientConfig, EVERYDAY } from './connect.ts'
import { HOLD_AS_NODE } from './node-lock.ts'
import { CHANNEL } from './words.ts'

/** How often changes are looked for without having been announced, in milliseconds. */
const POLL_MS = 1_000

/** Pauses between two tries to connect, in milliseconds: the first and the longest. */
const RETRY_MS = { first: 100, longest: 2_000 }

/**
 * Looks for changes when PostgreSQL announces them, and every second in case it did not. After a connection was lost,
 * everything may have changed. Resolves when it listens, or when the first try has failed: from then on it is known that
 * the node is there.
 * @param as - a node says on this connection that it is there
 */
export async function listenPostgres(
  url: string,
  watcher: ChangeWatcher,
  as: 'node' | 'tool',
): Promise<AsyncDisposable> {
  let client: pg.Client | undefined
  let closed = false
  let pause = RETRY_MS.first
  let retry: NodeJS.Timeout | undefined
  /** Whether announcements, or looks, have failed since everything was last told. */
  let missed = false

  async function look(): Promise<void> {
    try {
      await watcher.look()
      if (missed && client !== undefined) {
        missed = false
        watcher.tellAll()
      }
    } catch {
      missed = true
    }
  }

  async function connect(): Promise<void> {
    const next = new pg.Client(clientConfig(url, EVERYDAY))
    const lost = () => {
      next.removeAllListeners('end')
      if (client === next) client = undefined
      if (closed) return
      missed = true
      retry = setTimeout(() => void connect(), pause)
      retry.unref()
      pause = Math.min(pause * 2, RETRY_MS.longest)
    }
    // 'end' follows every 'error' of a client that was connected.
    next.on('error', () => {})
    next.on('notification', () => void look())
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
      if (as === 'node') await next.query(HOLD_AS_NODE)
    } catch {
      void next.end().catch(() => {})
      return lost()
    }
    if (closed) return void next.end().catch(() => {})
    next.once('end', lost)
    client = next
    pause = RETRY_MS.first
    await look()
  }

  const timer = setInterval(() => void look(), POLL_MS)
  timer.unref()
  await connect()
  return {
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}
