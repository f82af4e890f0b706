import { access, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  type LoadedSettings,
  loadSettings,
  type Problem,
  SettingsError,
  type StoredSettings,
} from '@portolan/settings'
import { type DataFolder, NO_PASSWORD, openDataFolder, SETTINGS_FILE } from './first-start.ts'
import { type HashedUser, type ReadFlags, readFlags } from './flag-overlay.ts'
import type { ServeFlags } from './flags.ts'
import { throwProblems } from './problems.ts'

/** Where `serve` without arguments keeps everything, below the working directory. */
export const DATA_FOLDER = 'data'

/** What `portolan serve` was asked for. */
export interface ServeAsk {
  /** The FOLDER argument. */
  readonly folder?: string
  readonly flags: ServeFlags
}

/** What a plan is made with. */
export interface PlanOptions {
  readonly cwd: string
  /** Makes argon2id hashes. */
  hash(password: string): Promise<string>
}

/** What to serve. */
export interface ServePlan {
  /** The settings file, if there is one. */
  readonly config?: string
  /** Set when nothing was named: the data folder is used. */
  readonly data?: DataFolder
  /** Where state is kept. Absent: there is no store, and no web console. */
  readonly store?: StorePlace
  /**
   * Reads everything anew: the file may have changed, the flags have not.
   * @param stored - what lies between the file and the flags
   */
  load(stored?: StoredSettings): Promise<LoadedSettings>
}

/** Where a node keeps its state. */
export interface StorePlace {
  readonly folder: string
  readonly database?: string
  readonly keyFile?: string
}

/**
 * Finds out what to serve: FOLDER for the users of the flags, a settings file, or the data folder. Nothing is made
 * before all of it was checked.
 * @throws {UserError} with every mistake of the flags and of the file
 */
export async function planServe(ask: ServeAsk, { cwd, hash }: PlanOptions): Promise<ServePlan> {
  const draft = await readAsk(ask, cwd)
  throwProblems([...draft.problems, ...(await problemsOf(draft))])

  const data = draft.data === undefined ? undefined : await openDataFolder(draft.data, { hash })
  const users = await Promise.all(
    draft.read.users.map(async (user): Promise<HashedUser> => {
      return { ...user, password: await hash(user.password), home: draft.homeOf(user.name) }
    }),
  )
  const file = data?.config ?? draft.file
  const overlay = draft.read.overlay(users)
  const store = storePlace(ask.flags, cwd, draft.data)
  return {
    ...(file !== undefined && { config: file }),
    ...(data !== undefined && { data }),
    ...(store !== undefined && { store }),
    load: stored => loadSettings({ ...(file !== undefined && { file }), ...stored, overlay }),
  }
}

/**
 * The settings that `serve` with the same arguments would have. Makes nothing, and hashes no passwords.
 * @param read - reads what the store says; undefined when there is none yet
 * @throws {UserError} as {@link planServe}
 */
export async function planSettings(
  ask: ServeAsk,
  cwd: string,
  read?: (place: StorePlace) => Promise<StoredSettings | undefined>,
): Promise<LoadedSettings> {
  const draft = await readAsk(ask, cwd)
  throwProblems([...draft.problems, ...(await problemsOf(draft))])
  const place = storePlace(ask.flags, cwd, draft.data)
  return loadDraft(draft, place && (await read?.(place)))
}

/** What was asked for, before anything is made. */
interface Draft {
  /** The settings file, when there is one already. */
  readonly file: string | undefined
  /** The data folder, when nothing else was named. */
  readonly data: string | undefined
  readonly read: ReadFlags
  readonly problems: readonly Problem[]
  /** The home of a user of the flags. */
  homeOf(user: string): string
}

async function readAsk(ask: ServeAsk, cwd: string): Promise<Draft> {
  const home = ask.folder === undefined ? undefined : resolve(cwd, ask.folder)
  const named = ask.flags.config === undefined ? undefined : resolve(cwd, ask.flags.config)
  const data =
    home === undefined && named === undefined ? resolve(cwd, ask.flags.data ?? DATA_FOLDER) : undefined
  const homeOf = (user: string) => home ?? join(cwd, DATA_FOLDER, 'files', user)
  const anonymousHome = named !== undefined && home === undefined ? undefined : homeOf('anonymous')
  const read = readFlags(ask.flags, { cwd, ...(anonymousHome !== undefined && { anonymousHome }) })
  return {
    file: named ?? (data === undefined ? undefined : await existing(join(data, SETTINGS_FILE))),
    data,
    read,
    problems: [...read.problems, ...(await checkFolder(ask, home))],
    homeOf,
  }
}

/** The mistakes of the file and of the flags together, as far as the flags could be read. */
async function problemsOf(draft: Draft): Promise<readonly Problem[]> {
  try {
    await loadDraft(draft)
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}

function loadDraft({ file, read, homeOf }: Draft, stored?: StoredSettings): Promise<LoadedSettings> {
  const users = read.users.map(user => ({ ...user, password: NO_PASSWORD, home: homeOf(user.name) }))
  return loadSettings({ ...(file !== undefined && { file }), ...stored, overlay: read.overlay(users) })
}

/** A folder or a file that was named alone is served without a store, unless somebody asks for one. */
export function storePlace(
  { data, database, keyFile }: Pick<ServeFlags, 'data' | 'database' | 'keyFile'>,
  cwd: string,
  dataFolder: string | undefined,
): StorePlace | undefined {
  const folder = data ?? dataFolder ?? (database === undefined ? undefined : DATA_FOLDER)
  if (folder === undefined) return undefined
  return {
    folder: resolve(cwd, folder),
    ...(database !== undefined && { database }),
    ...(keyFile !== undefined && { keyFile: resolve(cwd, keyFile) }),
  }
}

async function checkFolder({ folder, flags }: ServeAsk, home: string | undefined): Promise<Problem[]> {
  const asksForHome = (flags.user?.length ?? 0) > 0 || flags.anonymous === true
  if (home === undefined) {
    if (flags.config === undefined || (flags.user?.length ?? 0) === 0) return []
    return [
      { path: '', source: '--user', message: 'needs FOLDER beside --config: it becomes the / of the user' },
    ]
  }
  const found = await stat(home).catch(() => undefined)
  const problems: Problem[] = []
  if (!found?.isDirectory()) {
    const message = found === undefined ? 'there is no such folder' : 'this is not a folder'
    problems.push({ path: '', source: folder ?? home, message })
  }
  if (!asksForHome) {
    const message = 'nobody could log in to it: add --user NAME:PASSWORD or --anonymous'
    problems.push({ path: '', source: folder ?? home, message })
  }
  return problems
}

async function existing(file: string): Promise<string | undefined> {
  return access(file).then(
    () => file,
    () => undefined,
  )
}
