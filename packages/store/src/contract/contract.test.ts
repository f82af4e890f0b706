import { describe } from 'node:test'
import { skipPostgres } from '../testing/index.ts'
import { administratorsContract } from './administrators.ts'
import { bansContract } from './bans.ts'
import { changesContract } from './changes.ts'
import { documentsContract } from './documents.ts'
import { logsContract } from './logs.ts'
import { migrationsContract } from './migrations.ts'
import { makePlace } from './place.ts'
import { secretsContract } from './secrets.ts'
import { settingsContract } from './settings.ts'
import { signInsContract } from './sign-ins.ts'
import { usersContract } from './users.ts'

const CONTRACT = [
  settingsContract,
  documentsContract,
  usersContract,
  administratorsContract,
  signInsContract,
  bansContract,
  logsContract,
  secretsContract,
  migrationsContract,
  changesContract,
]

describe('the store on SQLite', () => {
  const place = makePlace('SQLite')
  for (const part of CONTRACT) part(place)
})

describe('the store on PostgreSQL', { skip: skipPostgres() }, () => {
  const place = makePlace('PostgreSQL')
  for (const part of CONTRACT) part(place)
})
