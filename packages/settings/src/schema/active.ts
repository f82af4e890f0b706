import { z } from 'zod'
import { flag, networks, optionalWhole, whole } from './fields.ts'
import { duration } from './units.ts'

/** Active mode: the client listens, the server dials. */
export const active = z
  .strictObject({
    enabled: flag(true, 'false refuses PORT and EPRT with 502.'),
    basePort: optionalWhole(
      { min: 1024, max: 65_535 },
      'First source port of active data connections. Absent: an unused high port that the system chooses.',
    ),
    numberOfPorts: whole(
      1024,
      { min: 1, max: 64_512 },
      'Number of source ports from basePort on. Has no effect without basePort.',
    ),
    connectTimeout: duration(
      '10s',
      { min: '1s', max: '5m' },
      'How long the server tries to reach the client, before 425.',
    ),
    allowForeign: networks(
      [],
      'Addresses that PORT and EPRT may name although they are not the client itself (server-to-server transfers). Everything here can be attacked through this server (RFC 2577).',
    ),
    allowLowPorts: flag(
      false,
      'Whether PORT and EPRT may name a port below 1024. Well-known services listen there.',
    ),
  })
  .prefault({})
  .describe('Active data connections: source ports, and whom the server dials.')
