import { z } from 'zod'
import { duration } from './units.ts'

/** The bounds of every wait that no other section names. */
export const timeouts = z
  .strictObject({
    login: duration('60s', { min: '1s', max: '1h' }, 'A session that has not logged in by then is closed.'),
    idle: duration(
      '5m',
      { min: '1s', max: '24h' },
      'A session without a command for so long is closed; it rests while data moves. RFC 1123 asks for at least 5m.',
    ),
    stall: duration(
      '2m',
      { min: '1s', max: '24h' },
      'A transfer in which no byte moves for so long is broken off with 426.',
    ),
    handshake: duration('15s', { min: '1s', max: '5m' }, 'A TLS handshake that takes longer is broken off.'),
    shutdown: duration(
      '30s',
      { min: '0s', max: '1h' },
      'When the server stops, running transfers may go on for so long; then they are broken off.',
    ),
  })
  .prefault({})
  .describe('How long the server waits for what.')
