export { skipPostgres, startPostgres, type TestPostgres } from './postgres.ts'
