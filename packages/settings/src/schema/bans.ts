import { z } from 'zod'
import { flag, networks, whole } from './fields.ts'
import { duration } from './units.ts'

/** What wrong passwords lead to. */
export const bans = z
  .strictObject({
    enabled: flag(true, 'false: wrong passwords are only slowed down, nobody is banned.'),
    attempts: whole(
      10,
      { min: 1, max: 1e6 },
      'Wrong passwords of one client address within `within`, after which it is banned.',
    ),
    attemptsPerUser: whole(
      100,
      { min: 0, max: 1e6 },
      'Wrong passwords for one user name from all addresses within `within`, after which logins of that name are refused for `duration`, except from addresses where it logged in before; 0: never. A low number lets strangers lock users out.',
    ),
    within: duration('10m', { min: '1s', max: '24h' }, 'The window in which wrong passwords are counted.'),
    duration: duration(
      '10m',
      { min: '1s', max: '24d' },
      'How long a ban lasts; meanwhile connections get 421.',
    ),
    delay: z
      .strictObject({
        first: duration(
          '500ms',
          { min: '0s', max: '1m' },
          'Wait before the answer to the first wrong password.',
        ),
        ceiling: duration(
          '8s',
          { min: '0s', max: '1m' },
          'Longest wait; each wrong password of an address doubles it up to here.',
        ),
      })
      .prefault({})
      .describe('Growing delay of the answer to wrong passwords.'),
    exempt: networks(['127.0.0.0/8', '::1'], 'Client addresses that are never banned.'),
  })
  .prefault({})
  .describe('What wrong passwords lead to.')
