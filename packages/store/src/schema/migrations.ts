import { accessSchema } from './access-schema.ts'
import { firstSchema } from './first-schema.ts'
import type { Migrations } from './migration.ts'
import { transfersSchema } from './transfers-schema.ts'

/** The steps of this release. One that was released is never changed. */
export const MIGRATIONS: Migrations = [firstSchema, transfersSchema, accessSchema]
