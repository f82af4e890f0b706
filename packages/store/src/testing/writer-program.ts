import { transfer } from '../contract/rows.ts'
import { openStore } from '../open.ts'

/**
 * Writes one thing after another and prints the name of each when the store has acknowledged it: a program for tests
 * that kill it. Arguments: folder, number of the run, URL of PostgreSQL if any.
 */
const [folder = '', run = '', database] = process.argv.slice(2)
const store = await openStore({ folder, ...(database !== undefined && { database }) })
for (let count = 0; ; count++) {
  const name = `${run}-${count}`
  const base = (await store.settings.current())?.version ?? 0
  const { version } = await store.settings.save({ base, document: { name }, by: 'writer' })
  console.log(`settings ${version} ${name}`)
  await store.users.create(
    name,
    { document: { name }, enabled: true, groups: [], password: name },
    { by: 'writer' },
  )
  console.log(`user 0 ${name}`)
  const at = 1_700_000_000_000 + Number(run) * 1_000_000 + count
  await store.transfers.append(Array.from({ length: 20 }, (_, bytes) => transfer({ at, bytes, path: name })))
  console.log(`rows ${at} ${name}`)
}
