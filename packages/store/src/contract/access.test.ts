import { describe } from 'node:test'
import { skipPostgres } from '../testing/index.ts'
import { accessContract } from './access.ts'
import { accessStreamsContract } from './access-streams.ts'
import { makePlace } from './place.ts'

const CONTRACT = [accessContract, accessStreamsContract]

describe('the access path of the store on SQLite', () => {
  const place = makePlace('SQLite')
  for (const part of CONTRACT) part(place)
})

describe('the access path of the store on PostgreSQL', { skip: skipPostgres() }, () => {
  const place = makePlace('PostgreSQL')
  for (const part of CONTRACT) part(place)
})
