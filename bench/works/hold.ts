import { join } from 'node:path'
import type { LoadTask } from '../load.ts'
import { PATHS } from '../stage.ts'
import { withoutListing } from './listing.ts'
import { clearUploads } from './uploads.ts'
import type { Target, Work } from './work.ts'

/**
 * How long the event loop is held, seen from outside: the longest of the round trips of NOOP, one every two
 * milliseconds on a second session, while the first does the work twice. The server has one worker, so both share its
 * loop. The median of three rounds: the scheduler of a machine with two cores now and then keeps even a server with a
 * process for each session waiting for longer than that.
 */
export function hold(command: 'LIST' | 'MLSD' | 'RETR' | 'STOR', tls: boolean, target: Target): Work {
  const lists = command === 'LIST' || command === 'MLSD'
  return {
    name: `hold-${command.toLowerCase()}${tls ? '-tls' : ''}`,
    title: `longest NOOP during ${command} of ${lists ? '100,000 names' : '1 GiB'}${tls ? ', TLS 1.3' : ''}`,
    unit: 'ms',
    tls,
    running: 'fresh',
    rounds: 3,
    target,
    leavesOut: kind => (lists ? withoutListing(kind, command) : kind.real ? undefined : 'only pretends'),
    async measure({ instance, load, stage }) {
      const task: LoadTask = { port: instance.port, tls, command, ...about() }
      const result = await load.transfer({ ...task, count: 2, probe: true })
      await clearUploads(stage.uploads)
      return { value: result.probeLongestMs, detail: { probes: result.probes, seconds: result.seconds } }

      function about(): Partial<LoadTask> {
        if (lists) return { path: PATHS.names[1] }
        if (command === 'RETR') return { path: PATHS.big }
        return { path: `/up/${instance.kind.name}.bin`, source: join(stage.files, PATHS.big) }
      }
    },
  }
}
