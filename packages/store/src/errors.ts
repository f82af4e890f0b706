/**
 * Why the store could not do something. Stable across releases:
 *
 * - `STORE_UNAVAILABLE`: the database did not answer in time, or the connection was lost; later it may.
 * - `STORE_FULL`: the disk of the database is full; nothing was written.
 * - `STORE_CONFLICT`: somebody else changed the same thing meanwhile; look again.
 * - `STORE_EXISTS`, `STORE_MISSING`: there is one of that name already, or none.
 * - `STORE_LAST_ADMINISTRATOR`: nobody could administer afterwards.
 * - `STORE_NEWER`: the database was made by a newer release.
 * - `STORE_LOCKED`: another node uses this data folder.
 * - `STORE_KEY`: the key file is missing or is not the one that the secrets were encrypted with.
 * - `STORE_CORRUPT`: a file is damaged, or is not what it says.
 * - `STORE_FOLDER`: the data folder cannot be used.
 */
export type StoreErrorCode =
  | 'STORE_UNAVAILABLE'
  | 'STORE_FULL'
  | 'STORE_CONFLICT'
  | 'STORE_EXISTS'
  | 'STORE_MISSING'
  | 'STORE_LAST_ADMINISTRATOR'
  | 'STORE_NEWER'
  | 'STORE_LOCKED'
  | 'STORE_KEY'
  | 'STORE_CORRUPT'
  | 'STORE_FOLDER'

/** An error of the store. The message says what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
