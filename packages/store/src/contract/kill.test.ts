import { describe } from 'node:test'
import { skipPostgres } from '../testing/index.ts'
import { killContract } from './kill.ts'
import { makePlace } from './place.ts'

describe('SQLite', () => killContract(makePlace('SQLite')))

describe('PostgreSQL', { skip: skipPostgres() }, () => killContract(makePlace('PostgreSQL')))
