import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { clientWorks } from './client-works/index.ts'
import type { ClientWork } from './client-works/work.ts'
import { allClients, CLIENT_NAMES } from './clients/index.ts'
import { BenchError, textOf } from './errors.ts'
import { chosen, type Half, lineUp } from './half.ts'
import { DELAY_MS, type Link, linkMissing, openLink } from './link.ts'
import { run } from './processes.ts'
import { measureAll } from './runner.ts'
import { allServers } from './servers/index.ts'
import { PATHS, type Stage } from './stage.ts'
import { Stopwatch } from './timed.ts'

/** Clients side by side against the same servers. */
export const clientHalf: Half = {
  isAskedFor: ({ halves, only, work }) =>
    halves.clients &&
    chosen(
      CLIENT_NAMES.map(name => ({ name })),
      only,
    ).length > 0 &&
    chosen(clientWorks, work).length > 0,

  async run({ workshop, programs, stage, fleet, say }, { only, work, rounds }) {
    const { present, columns } = await lineUp(chosen(allClients(workshop), only))
    const rows = chosen(clientWorks, work)
    const servers = new Map(allServers(workshop).map(kind => [kind.name, kind]))
    const stopwatch = new Stopwatch(programs.timed)
    await warmUp(stage)
    await using far = await farEnd(rows, programs.delay)
    const { link, reason } = far

    const absent = (row: ClientWork) =>
      servers.get(row.server)?.missing() ?? (row.distance === 'far' ? reason : undefined)
    const figures = await measureAll({
      kinds: present,
      works: rows,
      rounds,
      progress: say,
      leavesOut: (row, kind) => absent(row) ?? kind.cannot(row.task),
      async measure(row, client, round) {
        const server = servers.get(row.server)
        if (server === undefined) throw new BenchError(`there is no server ${row.server}`)
        const place = row.distance === 'far' ? link?.place : undefined
        const { host, port } = await fleet.keep(server, {
          tls: row.task.tls,
          oneWorker: false,
          ...(place !== undefined && { place }),
        })
        const launcher = place === undefined ? [] : (link?.client ?? [])
        return row.measure({ client, stage, stopwatch, round, host, port, launcher })
      },
    })
    const left = [...new Set(rows.flatMap(row => absent(row) ?? []))]
    return {
      columns,
      works: rows,
      figures,
      remarks: [
        ...(link === undefined
          ? []
          : [`the link adds ${DELAY_MS} ms each way: a connect takes ${link.connectMs.toFixed(1)} ms`]),
        ...left.map(why => `rows are left out: ${why}`),
      ],
    }
  },
}

/** A machine's first use of a page of memory takes longer than every other: not the first client shall pay for it. */
async function warmUp({ files, downloads }: Stage): Promise<void> {
  const copy = join(downloads, 'warm-up')
  await run('cp', [join(files, PATHS.big), copy])
  await rm(copy)
}

/** The link where a row needs one, or why there is none. */
interface FarEnd extends AsyncDisposable {
  readonly link?: Link
  readonly reason?: string
}

async function farEnd(rows: readonly ClientWork[], delay: string): Promise<FarEnd> {
  const nothing = { [Symbol.asyncDispose]: async () => {} }
  if (!rows.some(row => row.distance === 'far')) return nothing
  const missing = linkMissing()
  if (missing !== undefined) return { ...nothing, reason: `the delayed link ${missing}` }
  try {
    const link = await openLink(delay)
    return { link, [Symbol.asyncDispose]: () => link[Symbol.asyncDispose]() }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    return { ...nothing, reason: textOf(error) }
  }
}
