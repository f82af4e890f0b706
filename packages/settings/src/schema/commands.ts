import { z } from 'zod'
import { line } from './fields.ts'

const verb = z
  .string({ error: 'must be the name of an FTP command' })
  .regex(/^[a-z]{3,8}( [a-z]{3,12})?$/i, {
    error: 'must be the name of an FTP command, such as DELE or SITE CHMOD',
  })
  .transform(name => name.toUpperCase())

/** Which commands whom. */
export const commands = z
  .strictObject({
    forbidden: z
      .array(
        z.strictObject({
          userClass: line(
            'User class of the session; * and ? are wildcards. Default *, every class.',
          ).default('*'),
          commands: z
            .array(verb, { error: 'must be a list of commands' })
            .describe('Names of commands, such as DELE or SITE CHMOD.'),
        }),
        { error: 'must be a list of rules with userClass and commands' },
      )
      .default([])
      .describe('Commands that are answered with 502 for a user class. All matching rules hold.'),
  })
  .prefault({})
  .describe('Restrictions of FTP commands.')
