import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { StoreError } from './errors.ts'

/**
 * Makes a data folder for its owner alone; one that is there keeps its mode.
 * @throws {StoreError} `STORE_FOLDER`
 */
export function makeFolder(folder: string): void {
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) chmodSync(folder, 0o700)
    if (statSync(folder).isDirectory()) return
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoreError('STORE_FOLDER', `the data folder ${folder} cannot be used: ${reason}`, {
      cause: error,
    })
  }
  throw new StoreError('STORE_FOLDER', `${folder} is no folder; name another one for the data`)
}

/** Makes the names in a folder durable. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The name, or the name with a number behind it when there is one of it already. */
export function freeName(path: string): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${path}.${number}`
    if (!existsSync(candidate)) return candidate
  }
}
