import { describe } from 'node:test'
import { skipPostgres } from '../testing/index.ts'
import { backupsContract } from './backups.ts'
import { makePlace } from './place.ts'

const skip = skipPostgres()

describe('backups of SQLite', () => {
  backupsContract(makePlace('SQLite'), skip === false ? makePlace('PostgreSQL') : undefined)
})

describe('backups of PostgreSQL', { skip }, () => {
  backupsContract(makePlace('PostgreSQL'), makePlace('SQLite'))
})
