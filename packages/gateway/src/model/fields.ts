import { z } from 'zod'

/** A name that stands in paths of the API, in rules and in logs. */
export const name = z.string({ error: 'must be a text' }).regex(/^[A-Za-z0-9][\w. -]{0,63}$/, {
  error:
    'must begin with a letter or digit and have at most 64 letters, digits, spaces, dots, dashes or underscores',
})

export const description = z.string().max(500, { error: 'must have at most 500 characters' }).optional()

export const port = z
  .int({ error: 'must be a whole number' })
  .min(1, { error: 'must be at least 1' })
  .max(65_535, { error: 'must be at most 65535' })

/** TCP ports, both ends included. */
export const portRange = z
  .strictObject({ from: port, to: port })
  .refine(({ from, to }) => from <= to, { error: 'must not end before it begins', path: ['to'] })
export type PortRange = z.output<typeof portRange>
