import { joinPath, resolvePath, type Storage } from '@portolan/storage'
import type { Account } from '../policy/account.ts'
import { compilePermissions, type Permission, type PermissionCheck } from '../policy/permissions.ts'

/** The files of one logged-in user: its storage, where it stands, and what it may do where. */
export class UserFiles implements AsyncDisposable {
  readonly storage: Storage
  /** Whose broken uploads are whose. */
  readonly owner: string
  readonly #allows: PermissionCheck
  readonly #close: () => void
  readonly #rulePaths: readonly string[]
  readonly #otherMounts: readonly string[]
  /** The current folder: absolute, normalised. */
  cwd = '/'

  /** @param close - gives the storage back to whoever shares it among sessions */
  constructor(account: Account, storage: Storage, close: () => void) {
    this.storage = storage
    this.owner = account.user
    this.#allows = compilePermissions(
      account.permissions,
      account.mounts.filter(mount => mount.readOnly).map(mount => mount.path),
    )
    this.#close = close
    this.#rulePaths = [...account.permissions, ...account.mounts].map(rule => rule.path)
    this.#otherMounts = account.mounts.map(mount => mount.path).filter(path => path !== '/')
  }

  /** The absolute path of an argument. @throws {StorageError} `STORAGE_BAD_NAME` */
  resolve(argument: string): string {
    return resolvePath(this.cwd, argument)
  }

  /** The absolute path of a name in a folder. */
  join(folder: string, name: string): string {
    return joinPath(folder, name)
  }

  may(permission: Permission, path: string): boolean {
    return this.#allows(path, permission)
  }

  /** The quota is one of the home: what lies in virtual folders is shared with others and counts to nobody. */
  countsToQuota(path: string): boolean {
    return !this.#otherMounts.some(mount => path === mount || path.startsWith(`${mount}/`))
  }

  /** True when a rule or a mount says something of its own about a path below the folder. */
  hasRulesBelow(folder: string): boolean {
    const prefix = folder === '/' ? '/' : `${folder}/`
    return this.#rulePaths.some(path => path !== '/' && path.startsWith(prefix))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close()
  }
}
