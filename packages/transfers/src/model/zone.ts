import { z } from 'zod'

/** A name that stands in paths of the API and in logs. */
export const name = z.string({ error: 'must be a text' }).regex(/^[A-Za-z0-9][\w. -]{0,63}$/, {
  error:
    'must begin with a letter or digit and have at most 64 letters, digits, spaces, dots, dashes or underscores',
})

/** How connections to partners leave: a proxy, by its URL. The zone `none` is no zone: direct. */
export const zone = z.strictObject({
  name: name.refine(text => text !== 'none', { error: 'must not be none: that is the direct way' }),
  description: z.string().max(500).optional(),
  proxy: z.strictObject({
    kind: z.enum(['socks5', 'http']),
    host: z.string().min(1, { error: 'must not be empty' }).max(255),
    port: z.int().min(1).max(65_535),
    user: z.string().max(255).optional(),
  }),
  /** New sites use it unless they say otherwise. */
  isDefault: z.boolean().default(false),
})
export type Zone = z.output<typeof zone>
