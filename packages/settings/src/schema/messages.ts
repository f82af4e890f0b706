import { z } from 'zod'
import { optionalText } from './fields.ts'

/** Texts that clients see. Reply codes cannot be changed. */
export const messages = z
  .strictObject({
    greeting: optionalText('Text of the greeting (220); several lines are possible.'),
    login: optionalText('Text after a login (230); several lines are possible. {user} is the user name.'),
    goodbye: optionalText('Text of the answer to QUIT (221).'),
    replies: z
      .record(z.string(), z.string({ error: 'must be a text' }), {
        error: 'must be a section with keys of replies and their texts',
      })
      .default({})
      .describe(
        'Other reply texts by their key, such as file.denied. {name} places are filled in as in the standard text.',
      ),
  })
  .prefault({})
  .describe('Texts that clients see. Reply codes cannot be changed.')
