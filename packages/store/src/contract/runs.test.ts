import { describe } from 'node:test'
import { skipPostgres } from '../testing/index.ts'
import { partnersContract } from './partners.ts'
import { makePlace } from './place.ts'
import { runListsContract } from './run-lists.ts'
import { runSavesContract } from './run-saves.ts'
import { runsContract } from './runs.ts'

const CONTRACT = [partnersContract, runsContract, runSavesContract, runListsContract]

describe('transfers of the store on SQLite', () => {
  const place = makePlace('SQLite')
  for (const part of CONTRACT) part(place)
})

describe('transfers of the store on PostgreSQL', { skip: skipPostgres() }, () => {
  const place = makePlace('PostgreSQL')
  for (const part of CONTRACT) part(place)
})
