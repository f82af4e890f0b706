export { StoreError, type StoreErrorCode } from './errors.ts'
export type { JsonValue } from './json.ts'
export { openStore, type StoreOptions } from './open.ts'
export type * from './store.ts'
