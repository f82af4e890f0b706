import { DATA_FOLDER, type StorePlace, storePlace } from './serve-plan.ts'
import type { StoreFlags } from './store-commands.ts'
import { UserError } from './user-error.ts'

/** Where the state is that a command works on: `./data` if nothing else is said. */
export function placeOf(flags: StoreFlags, cwd: string): StorePlace {
  const place = storePlace(flags, cwd, DATA_FOLDER)
  if (place === undefined) throw new UserError('name the data folder of the node with --data')
  return place
}
