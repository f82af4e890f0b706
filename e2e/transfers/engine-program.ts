// An engine in a process of its own, to be killed: node engine-program.ts DATA FOLDER NODE LEASE_MS [DATABASE]
import { join } from 'node:path'
import { openStore } from '@portolan/store'
import { createEngine } from '@portolan/transfers'

const [data = '', folder = '', node = '', lease = '', database] = process.argv.slice(2)
const store = await openStore({ folder: data, ...(database !== undefined && { database }) })
const leaseMs = Number(lease)
await createEngine(
  {
    store,
    node,
    activePorts: () => undefined,
    resolve: async place => join(folder, 'user' in place ? join(place.user, place.path) : place.folder),
    programs: () => ({}),
    mail: () => undefined,
    webhookKey: () => undefined,
    onEvent: event => {
      if (event.type === 'warning') process.stderr.write(`${event.code} ${event.text}\n`)
    },
  },
  { lease: leaseMs, heartbeat: leaseMs / 3, poll: leaseMs / 3 },
)
process.stdout.write('ready\n')
