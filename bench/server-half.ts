import type { Instance } from './fleet.ts'
import { chosen, type Half, lineUp } from './half.ts'
import { Load } from './load.ts'
import { measureAll } from './runner.ts'
import { allServers, SERVER_NAMES } from './servers/index.ts'
import { works } from './works/index.ts'
import { clearUploads } from './works/uploads.ts'

/** Servers side by side under the same load. */
export const serverHalf: Half = {
  isAskedFor: ({ halves, only, work }) =>
    halves.servers &&
    chosen(
      SERVER_NAMES.map(name => ({ name })),
      only,
    ).length > 0 &&
    chosen(works, work).length > 0,

  async run({ workshop, programs, stage, fleet, say }, { only, work, rounds }) {
    const { present, columns } = await lineUp(chosen(allServers(workshop), only))
    const rows = chosen(works, work)
    const load = new Load(programs)
    const figures = await measureAll({
      kinds: present,
      works: rows,
      rounds,
      progress: say,
      leavesOut: (row, kind) => row.leavesOut(kind),
      async measure(row, kind, round) {
        const by = (instance: Instance) => row.measure({ instance, load, stage, round })
        try {
          if (row.running === 'kept')
            return await by(await fleet.keep(kind, { tls: row.tls, oneWorker: false }))
          await using instance = await fleet.fresh(kind, { tls: row.tls, oneWorker: true })
          return await by(instance)
        } finally {
          await clearUploads(stage.uploads)
        }
      },
    })
    return { columns, works: rows, figures }
  },
}
