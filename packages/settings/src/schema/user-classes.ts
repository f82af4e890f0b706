import { z } from 'zod'
import { flag, line, patterns } from './fields.ts'

const userClass = z.strictObject({
  name: line('Name of the class, as rules use it.'),
  enabled: flag(true, 'A class that is not enabled is passed over.'),
  users: patterns('User names; * and ? are wildcards; several with commas or as a list. Absent: every user.'),
  groups: patterns('Groups of the user, one of which has to match; wildcards as above. Absent: any or none.'),
  from: patterns(
    'Client addresses: an address, a network in CIDR form, or with wildcards such as 10.1.*. Absent: anywhere.',
  ),
})

/** Ordered classes of sessions. */
export const userClasses = z
  .array(userClass, { error: 'must be a list of user classes' })
  .default([])
  .describe('The first enabled class that matches is the class of the session; no match: the class default.')
