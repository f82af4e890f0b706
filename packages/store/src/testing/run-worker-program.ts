import { newRun, runFile } from '../contract/rows.ts'
import { openStore } from '../open.ts'

/**
 * Makes runs, leases them and runs them to their end in steps, and prints what the store has acknowledged: a program for
 * tests that kill it. Arguments: folder, number of the program, URL of PostgreSQL if any.
 */
const [folder = '', number = '', database] = process.argv.slice(2)
const store = await openStore({ folder, ...(database !== undefined && { database }) })
const { runs } = store.initiated
const node = `node-${number}`
/** Each program lives at a later time, in which the leases of the one before have run out. */
const now = Number(number) * 1_000
for (let count = 0; ; count++) {
  const wanted = Array.from({ length: 5 }, (_, index) =>
    newRun({ dueAt: now, sites: [`s${index}`], occurrence: `${number}-${count}-${index}` }),
  )
  for (const { id } of await runs.enqueue(wanted, now)) console.log(`made ${id}`)
  const leased = await runs.lease({ node, now, until: now + 500, limit: 4, perSite: {} })
  for (let step = 1; step <= 3; step++) {
    const saved = await runs.saveAll(
      node,
      leased.map(({ id, progress }) => {
        const done = (typeof progress === 'number' ? progress : 0) + step
        return {
          id,
          progress: done,
          fileRows: [runFile({ key: 'k', bytes: done })],
          events: [{ at: now, kind: 'step', text: String(done), detail: null }],
          ...(step === 3 && { state: 'succeeded', endedAt: now }),
        }
      }),
    )
    if (step === 3) for (const id of saved) console.log(`done ${id}`)
  }
}
