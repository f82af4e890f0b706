import type { Store } from '@portolan/store'
import { type OwnedFolder, virtualFolder } from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import type { Services } from '../node/services.ts'
import { GroupsService } from './groups/groups-service.ts'
import { foldersOf as foldersWritten, isRecord, viewOfFileUser } from './users/user-view.ts'

/** Users that are read from the store at once. */
const SLICE = 500

const indexes = new WeakMap<Store, FolderIndex>()

/** The virtual folders of all users and groups, kept until one of them changes. */
export class FolderIndex {
  readonly #services: Services
  readonly #groups: GroupsService
  #held: Promise<readonly OwnedFolder[]> | undefined

  /** The one of a store: it lives as long, and so does what it hears of changes. */
  static of(services: Services): FolderIndex {
    const held = indexes.get(services.store) ?? new FolderIndex(services)
    indexes.set(services.store, held)
    return held
  }

  private constructor(services: Services) {
    this.#services = services
    this.#groups = new GroupsService(services)
    services.store.changes.subscribe(({ topic }) => {
      if (topic === 'users' || topic === 'groups' || topic === 'all') this.#held = undefined
    })
  }

  async all(): Promise<readonly OwnedFolder[]> {
    this.#held ??= this.#ofStoredUsers()
    const ofStore = this.#held
    try {
      const [users, groups] = [await ofStore, await this.#groups.all()]
      const ofGroups = groups.flatMap(group =>
        group.folders.map(folder => ({ ...folder, owner: 'group' as const, name: group.name })),
      )
      return [...users, ...this.#services.fileUsers().map(viewOfFileUser).flatMap(foldersOf), ...ofGroups]
    } catch (error) {
      this.#held = undefined
      throw error
    }
  }

  async #ofStoredUsers(): Promise<readonly OwnedFolder[]> {
    const { users } = this.#services.store
    const found: OwnedFolder[] = []
    for (let offset = 0; ; offset += SLICE) {
      const { items, total } = await users.list({ offset, limit: SLICE, sort: 'name' })
      found.push(...items.flatMap(({ name, document }) => foldersOf({ name, folders: foldersIn(document) })))
      if (items.length === 0 || offset + items.length >= total) return found
    }
  }
}

/** Most users have none: the rest of their documents is not looked at. */
function foldersIn(document: unknown) {
  const folders = isRecord(document) ? foldersWritten(document.folders) : []
  return folders.length === 0 ? [] : virtualFolder.array().parse(folders)
}

function foldersOf({
  name,
  folders,
}: {
  name: string
  folders: readonly Omit<OwnedFolder, 'owner' | 'name'>[]
}) {
  return folders.map(folder => ({ ...folder, owner: 'user' as const, name }))
}

/** A folder as it is sent. */
export interface FolderWrite {
  readonly path: string
  readonly folder: string
  readonly readOnly?: boolean | undefined
}

/** Puts a folder in the place of the one with its path, or at the end. */
export function withFolder(folders: readonly FolderWrite[], folder: FolderWrite): FolderWrite[] {
  const path = plainPath(folder.path)
  const at = folders.findIndex(one => one.path === path)
  const written = { ...folder, path }
  return at < 0 ? [...folders, written] : folders.with(at, written)
}

/** @throws {Problem} 404 `FOLDER_MISSING` */
export function withoutFolder<T extends FolderWrite>(folders: readonly T[], path: string): T[] {
  const left = folders.filter(one => one.path !== plainPath(path))
  if (left.length < folders.length) return left
  throw new Problem(404, 'FOLDER_MISSING', `there is no virtual folder ${path} here`)
}

/** As the schema of settings writes it. */
const plainPath = (path: string) => `/${path.split('/').filter(Boolean).join('/')}`
