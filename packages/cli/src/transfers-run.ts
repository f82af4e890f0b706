import { hostname, userInfo } from 'node:os'
import type { RunRow, Store } from '@portolan/store'
import { Requests, TransferError } from '@portolan/transfers'
import type { Io } from './io.ts'
import type { RunFlags, TransferFlags } from './transfers-commands.ts'
import { noTransfer } from './transfers-list.ts'
import { actorOfTool, demandRun, noteTransfer, openNodeStore } from './transfers-store.ts'
import { runJson } from './transfers-text.ts'
import { watchRun } from './transfers-watch.ts'
import { EXIT, UserError } from './user-error.ts'

/** `portolan transfers run NAME`: makes a run, which the node that runs on the store takes. */
export async function runTransfer(name: string, flags: RunFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  if (!(await store.initiated.definitions.get(name))) throw await noTransfer(store, name)
  const text = `${userInfo().username} on ${hostname()} asked for it by ${actorOfTool('run')}`
  const row = await toldAsLines(() => requestsOf(store).request(name, { text, properties: {} }))
  return await begun(
    store,
    row,
    { command: 'run', action: 'run.request', after: { transfer: name } },
    flags,
    io,
  )
}

/** `portolan transfers again RUN`. */
export async function runAgain(id: string, flags: RunFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  await demandRun(store, id)
  const row = await toldAsLines(() => requestsOf(store).again(id, actorOfTool('again')))
  const after = { again: id, transfer: row.transfer }
  return await begun(store, row, { command: 'again', action: 'run.again', after }, flags, io)
}

/** `portolan transfers cancel RUN`. */
export async function cancelRun(id: string, flags: TransferFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  const { transfer } = await demandRun(store, id)
  if (!(await store.initiated.runs.cancel(id, Date.now()))) {
    const { state } = await demandRun(store, id)
    throw new UserError(`the run ${id} is over already: it ${STATE_TEXTS[state]}`)
  }
  await noteTransfer(store, { command: 'cancel', action: 'run.cancel', target: id, after: { transfer } })
  const row = await demandRun(store, id)
  if (flags.json) io.out(JSON.stringify(runJson(row)))
  else
    io.out(
      row.state === 'cancelled' ? `${id} is cancelled` : `${id} will be cancelled by the node that has it`,
    )
  return EXIT.ok
}

const STATE_TEXTS: Readonly<Record<RunRow['state'], string>> = {
  waiting: 'waits',
  running: 'is running',
  retrying: 'will be tried again',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
}

async function begun(
  store: Store,
  row: RunRow,
  note: { command: string; action: string; after: { [key: string]: string } },
  flags: RunFlags,
  io: Io,
): Promise<number> {
  await noteTransfer(store, { ...note, target: row.id })
  if (flags.wait) {
    if (!flags.json) io.err(`${row.id} is queued`)
    return watchRun(store, row.id, flags, io)
  }
  io.out(flags.json ? JSON.stringify(runJson(row)) : row.id)
  return EXIT.ok
}

function requestsOf(store: Store): Requests {
  return new Requests({ tables: store.initiated, now: Date.now, onQueued: () => {} })
}

/** What stands in the way of a run, as a person at a terminal is told it. */
async function toldAsLines<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof TransferError)) throw error
    const lines = error.problems.map(({ path, message }) => [path, message].filter(Boolean).join(': '))
    throw new UserError([error.message, ...lines].join('\n'), { cause: error })
  }
}
