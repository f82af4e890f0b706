import { mountStorages } from '@portolan/storage'
import type { Account } from '../policy/account.ts'
import { UserFiles } from '../session/user-files.ts'
import type { Storages } from './storages.ts'

/** The files of an account, out of storages that are shared with others. @throws {StorageError} when a folder cannot be used */
export async function openUserFiles(account: Account, storages: Storages): Promise<UserFiles> {
  const folders: string[] = []
  const release = () => {
    for (const folder of folders.splice(0)) storages.release(folder)
  }
  try {
    const mounts = []
    for (const mount of account.mounts) {
      mounts.push({ path: mount.path, storage: await storages.acquire(mount.folder) })
      folders.push(mount.folder)
    }
    const [only] = mounts
    const storage = mounts.length === 1 && only?.path === '/' ? only.storage : mountStorages(mounts)
    return new UserFiles(account, storage, release)
  } catch (error) {
    release()
    throw error
  }
}
