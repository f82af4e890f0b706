import { z } from 'zod'
import { choice, flag } from './fields.ts'
import { duration } from './units.ts'

/** How uploads get their names. */
export const uploads = z
  .strictObject({
    mode: choice(
      ['atomic', 'direct'],
      'atomic',
      'atomic: a file shows under its name only when it is whole; needs room for both while it replaces another. direct: bytes go into the named file at once.',
    ),
    keepBroken: duration(
      '24h',
      { min: '0s', max: '24d' },
      'How long the part of a broken upload is kept aside, so that the same user can go on with it (REST, APPE). 0s removes it at once.',
    ),
    durable: flag(
      true,
      'An upload is written through to the disk before it is answered with 226. false is faster for many small files and can lose the last of them in a power failure.',
    ),
    umask: z
      .string({ error: "must be octal digits in quotes, such as '022'" })
      .regex(/^0?[0-7]{3}$/, { error: "must be octal digits in quotes, such as '022'" })
      .transform(digits => Number.parseInt(digits, 8))
      .exactOptional()
      .describe(
        "Permission bits that new files and folders do not get, as octal digits in quotes: '022'. Absent: those of the process.",
      ),
  })
  .prefault({})
  .describe('How uploads are stored.')
