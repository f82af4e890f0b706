import type { JsonValue } from '@portolan/store'
import { z } from 'zod'

/** A file of this server that a run works on. */
const localFile = z.strictObject({
  /** On disk. */
  path: z.string(),
  /** Whose it is and where that one sees it; absent for folders of the machine. */
  seen: z.strictObject({ user: z.string(), path: z.string() }).optional(),
})
export type LocalFile = z.output<typeof localFile>

const progress = z.object({
  /** The step that it is at. */
  step: z.int().min(0).default(0),
  /** Whether the files of that step have rows. */
  listed: z.boolean().default(false),
  /** What the steps before have left; absent: the file of the cause. */
  files: z.array(localFile).optional(),
  /** Attempts that are over. */
  finished: z.int().min(0).default(0),
  /** It cannot succeed any more, and this is why; `step` counts the steps of failure then. */
  ending: z
    .object({ end: z.enum(['failed', 'cancelled']), code: z.string(), text: z.string(), tidied: z.boolean() })
    .optional(),
  /** Events that were saved. */
  events: z.int().min(0).default(0),
  /** What a step has to know to do itself again: see there. */
  note: z.record(z.string(), z.string()).default({}),
})

/** What is kept of a run so that another node can go on with it. */
export type Progress = z.output<typeof progress>

/** What was saved; from the beginning when it cannot be read. */
export function readProgress(value: JsonValue): Progress {
  return progress.safeParse(value ?? {}).data ?? progress.parse({})
}

/** As the store keeps it. */
export function writeProgress(value: Progress): JsonValue {
  const { files, ending, ...rest } = value
  return {
    ...rest,
    ...(ending && { ending }),
    ...(files && { files: files.map(({ path, seen }) => ({ path, ...(seen && { seen }) })) }),
  }
}
