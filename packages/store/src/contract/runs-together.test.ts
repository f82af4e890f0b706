import { describe } from 'node:test'
import { skipPostgres } from '../testing/index.ts'
import { makePlace } from './place.ts'
import { runsModelContract } from './runs-model.ts'
import { runsTogetherContract } from './runs-together.ts'

describe('the queue on SQLite', () => {
  const place = makePlace('SQLite')
  runsTogetherContract(place)
  runsModelContract(place, 40)
})

describe('the queue on PostgreSQL', { skip: skipPostgres() }, () => {
  const place = makePlace('PostgreSQL')
  runsTogetherContract(place)
  runsModelContract(place, 12)
})
