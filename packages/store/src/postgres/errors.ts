import { StoreError } from '../errors.ts'

/** Classes and codes of SQLSTATE after which the same call may succeed later. */
const LATER = /^(08|57|53|40|55P03|25P0[34]|58)/

/** The error of the store for one of PostgreSQL or of the way to it. `where` says which database, without the password. */
export function postgresError(error: unknown, where: string): StoreError {
  if (error instanceof StoreError) return error
  const reason = reasonOf(error)
  const state = sqlState(error)
  const options = { cause: error }
  if (state === '53100') {
    return new StoreError(
      'STORE_FULL',
      `the disk of ${where} is full; nothing was written. Make room on it, then try again`,
      options,
    )
  }
  if (state.startsWith('28')) {
    return new StoreError(
      'STORE_UNAVAILABLE',
      `${where} does not let portolan in (${reason}); correct the user and password of --database`,
      options,
    )
  }
  if (state === '3D000') {
    return new StoreError(
      'STORE_UNAVAILABLE',
      `${where} does not exist; make it with createdb, or correct --database`,
      options,
    )
  }
  if (state === '42501') {
    return new StoreError(
      'STORE_UNAVAILABLE',
      `${where} does not let portolan do that (${reason}); make its user the owner of the database`,
      options,
    )
  }
  if (state.startsWith('XX')) {
    return new StoreError(
      'STORE_CORRUPT',
      `${where} is damaged (${reason}); look at the log of PostgreSQL`,
      options,
    )
  }
  const ask =
    state === '' || LATER.test(state) ? 'is it running, and can it be reached from here?' : 'look at its log'
  return new StoreError(
    'STORE_UNAVAILABLE',
    `${where} did not do what was asked (${reason}); ${ask}`,
    options,
  )
}

/** Whether the connection can be trusted no more: it was lost, or a reply may still come that nobody waits for. */
export function isConnectionError(error: unknown): boolean {
  const state = sqlState(error)
  return state === '' || /^(08|57P|XX|58)/.test(state)
}

function sqlState(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : ''
}

/** Several addresses of one host fail together in an AggregateError, which has no message. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}
