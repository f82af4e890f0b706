import { setTimeout as sleep } from 'node:timers/promises'
import { memoryOf } from '../memory.ts'
import type { Target, Work } from './work.ts'

/**
 * Sessions that are opened as fast as possible, eight at a time between connect and 230, all of them held until the last
 * is in, then closed with QUIT: the manner of pyftpdlib's ftpbench, with a bound that no listener's backlog overflows.
 */
export function logins(count: number, target: Target): Work {
  return {
    name: 'logins',
    title: `${count} logins`,
    unit: 'logins/s',
    tls: false,
    running: 'kept',
    target,
    leavesOut: () => undefined,
    async measure({ instance, load }) {
      const result = await load.login({ port: instance.port, clients: count })
      return {
        value: count / result.seconds,
        detail: { seconds: result.seconds, generatorCpuSeconds: result.cpuSeconds },
      }
    },
  }
}

/** Time for the last buffers of a burst of logins to be given back, in milliseconds. */
const SETTLE_MS = 3_000
const SETTLE_FIRST_MS = 500

/** What one idle, logged-in session costs: the growth of the whole process tree's PSS, divided by their number. */
export function idleSessions({ tls, target }: { tls: boolean; target: Target }): Work {
  return {
    name: tls ? 'session-tls' : 'session-plain',
    title: `memory of an idle session${tls ? ', TLS 1.3' : ''}`,
    unit: 'KB',
    tls,
    running: 'fresh',
    rounds: 1,
    target,
    leavesOut: kind => (kind.idleSessions === 0 ? 'only pretends' : undefined),
    async measure({ instance, load }) {
      const { port, kind, pid } = instance
      // The first sessions load code and fill caches; that is not what one more session costs.
      await load.login({ port, tls, clients: 24 })
      await sleep(SETTLE_FIRST_MS)
      const before = memoryOf(pid)
      const clients = kind.idleSessions
      const after = await load.idle({ port, tls, clients }, async () => {
        await sleep(SETTLE_MS)
        return memoryOf(pid)
      })
      return {
        value: (after.pss - before.pss) / clients / 1e3,
        detail: {
          sessions: clients,
          pssBefore: before.pss,
          pssAfter: after.pss,
          rssBefore: before.rss,
          rssAfter: after.rss,
          processes: after.processes,
        },
      }
    },
  }
}

/** What the server holds before anybody came. */
export function idleServer(target: Target): Work {
  return {
    name: 'idle-server',
    title: 'memory of the idle server',
    unit: 'MB',
    tls: false,
    running: 'fresh',
    rounds: 1,
    target,
    leavesOut: kind => (kind.real ? undefined : 'only pretends'),
    async measure({ instance }) {
      await sleep(SETTLE_FIRST_MS)
      const { pss, rss, processes } = memoryOf(instance.pid)
      return { value: pss / 1e6, detail: { pss, rss, processes } }
    },
  }
}
