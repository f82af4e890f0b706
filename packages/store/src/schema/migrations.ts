import { firstSchema } from './first-schema.ts'
import type { Migration } from './migration.ts'

/** Every step from nothing to what this release uses, in order. A step that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [firstSchema]
