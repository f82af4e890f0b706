import { StoreError } from '../errors.ts'

export const missing = (what: string, name: string): StoreError =>
  new StoreError('STORE_MISSING', `there is no ${what} ${JSON.stringify(name)}`)

export const exists = (what: string, name: string): StoreError =>
  new StoreError('STORE_EXISTS', `there is a ${what} ${JSON.stringify(name)} already; choose another name`)

export const conflict = (what: string, name: string, by: string): StoreError =>
  new StoreError(
    'STORE_CONFLICT',
    `${what} ${JSON.stringify(name)} was changed by ${by} meanwhile; look at it again, then change it`,
  )
