import { z } from 'zod'
import { whole } from './fields.ts'

/** Limits of the whole server, over all its workers. */
export const limits = z
  .strictObject({
    sessions: whole(10_000, { min: 1, max: 1e6 }, 'Sessions at once. More are refused with 421.'),
    sessionsPerAddress: whole(
      100,
      { min: 0, max: 1e6 },
      'Sessions at once of one client address; 0: no limit. Offices behind one NAT address share it, so do not set it low.',
    ),
    sessionsPerUser: whole(
      0,
      { min: 0, max: 1e6 },
      'Sessions at once of one user who has no maxSessions; 0: no limit.',
    ),
    commandsPerSecond: whole(
      0,
      { min: 0, max: 1e5 },
      'Commands per second of one session; 0: no limit. A burst of one second passes, then each further command waits; nothing is refused.',
    ),
  })
  .prefault({})
  .describe('How much one client, one user and all together may take.')
