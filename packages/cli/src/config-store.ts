import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { NodeSettingsService } from '@portolan/console'
import { loadSettings, type Settings, SettingsError } from '@portolan/settings'
import type { Store } from '@portolan/store'
import type { ConfigFlags } from './config-flags.ts'
import { SETTINGS_FILE } from './first-start.ts'
import type { Io } from './io.ts'
import { DATA_FOLDER, type StorePlace, storePlace } from './serve-plan.ts'
import { UserError } from './user-error.ts'

/** The settings of a store, for as long as a command works on them. */
export interface ConfigStore extends AsyncDisposable {
  readonly store: Store
  readonly settings: NodeSettingsService
  /** What a node with the same file has in force. */
  inForce(): Settings
}

/**
 * Opens the store that `serve` with the same flags uses, beside the node that may run on it.
 * @throws {UserError | StoreError | SettingsError} when there is none, or the settings file cannot be used
 */
export async function openConfigStore(flags: ConfigFlags, io: Io): Promise<ConfigStore> {
  const place = storePlace({ data: DATA_FOLDER, ...flags }, io.cwd, undefined)
  if (place === undefined) throw new UserError('name the data folder of the node with --data')
  const file = await settingsFile(flags, place.folder, io.cwd)
  // Before the first start there may be a settings file alone; elsewhere nothing is made.
  if (file === undefined && !(await isThere(place))) {
    throw new UserError(`${place.folder} is no data folder of a node: name it with --data`)
  }
  const [{ openSettings }, { openStore }] = await Promise.all([
    import('@portolan/console'),
    import('@portolan/store'),
  ])
  await using opening = new AsyncDisposableStack()
  const store = opening.use(await openStore({ ...place, as: 'tool' }))
  const { service, failure, inForce } = await openSettings(store, stored =>
    loadSettings({ ...(file === undefined ? { base: place.folder } : { file }), ...stored }),
  )
  if (failure !== undefined) {
    for (const line of failure.split('\n')) io.err(`warning: ${line}`)
    io.err(
      'warning: the newest version cannot be used; what follows is compared with the settings file alone',
    )
  }
  const owned = opening.move()
  return { store, settings: service, inForce, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

/** Whether there is a store already. */
export async function isThere({ folder, database }: StorePlace): Promise<boolean> {
  const { SQLITE_FILE } = await import('@portolan/store')
  return database !== undefined || isFile(join(folder, SQLITE_FILE))
}

function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function settingsFile(
  { config }: ConfigFlags,
  folder: string,
  cwd: string,
): Promise<string | undefined> {
  if (config !== undefined) return resolve(cwd, config)
  const file = join(folder, SETTINGS_FILE)
  return (await isFile(file)) ? file : undefined
}

/** Errors of settings as a person at a terminal is told them: one line for each, with its path. */
export async function toldAsLines<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    const { Problem } = await import('@portolan/console')
    if (error instanceof SettingsError || !(error instanceof Problem)) throw error
    const lines = error.errors?.map(({ path, message }) => [path, message].filter(Boolean).join(': ')) ?? []
    throw new UserError(lines.length === 0 ? error.message : lines.join('\n'), { cause: error })
  }
}
