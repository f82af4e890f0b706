import { z } from 'zod'
import { whole } from './fields.ts'
import { duration } from './units.ts'

/** How long one log is kept. */
export const kept = (what: string, standard: { age: string; rows: number }) =>
  z
    .strictObject({
      // No timer runs for so long: rows are looked at now and then.
      age: duration(standard.age, { min: '1h', max: '3650d' }, `How long ${what} are kept.`),
      rows: whole(
        standard.rows,
        { min: 1_000, max: 100_000_000 },
        `How many ${what} are kept; the oldest go first.`,
      ),
    })
    .prefault({})
    .describe(`How long ${what} are kept.`)

/** How much of the logs in the store is kept. */
export const retention = z
  .strictObject({
    transfers: kept('rows of the transfers log', { age: '90d', rows: 1_000_000 }),
    incidents: kept('incidents, such as failed logins and data connections,', { age: '30d', rows: 200_000 }),
    audit: kept('rows of the audit log', { age: '400d', rows: 1_000_000 }),
  })
  .prefault({})
  .describe('How long the logs of the store are kept. What is too old, or too much, is removed bit by bit.')
