import { hostname, userInfo } from 'node:os'
import { type JsonValue, openStore, type RunRow, type Store } from '@portolan/store'
import { isThere } from './config-store.ts'
import type { Io } from './io.ts'
import type { StoreFlags } from './store-commands.ts'
import { placeOf } from './store-commands-place.ts'
import { UserError } from './user-error.ts'

/**
 * Opens the store of a node, beside the node that may run on it.
 * @throws {UserError} when there is none
 */
export async function openNodeStore(flags: StoreFlags, io: Pick<Io, 'cwd'>): Promise<Store> {
  const place = placeOf(flags, io.cwd)
  if (!(await isThere(place))) {
    throw new UserError(`${place.folder} is no data folder of a node: name it with --data`)
  }
  return openStore({ ...place, as: 'tool' })
}

/** @throws {UserError} when there is no such run */
export async function demandRun(store: Store, id: string): Promise<RunRow> {
  const row = await store.initiated.runs.get(id)
  if (row) return row
  throw new UserError(`there is no run ${JSON.stringify(id)}; portolan transfers runs lists them`)
}

/** Who a change is made by, for rows that say so. */
export function actorOfTool(command: string): string {
  return `portolan transfers ${command}`
}

/** Notes a change in the audit log. */
export async function noteTransfer(
  store: Store,
  { command, action, target, after }: { command: string; action: string; target: string; after: JsonValue },
): Promise<void> {
  await store.audit.append([
    {
      at: Date.now(),
      node: hostname(),
      actor: actorOfTool(command),
      address: '',
      action,
      target,
      before: null,
      after,
      outcome: 'done',
      text: `by ${userInfo().username} on ${hostname()}`,
    },
  ])
}
