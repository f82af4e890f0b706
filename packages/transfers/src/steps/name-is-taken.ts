import type { RunFile } from '@portolan/store'
import { lookAt } from '../files/remote-look.ts'
import { RunError } from '../run/failure.ts'
import type { FilePush } from './push-file.ts'

/**
 * Whether the final name is taken at the partner, and the file is to be skipped.
 * @throws {RunError} `RUN_EXISTS` when the step says so
 */
export async function nameIsTaken(
  { step, use, context }: Pick<FilePush, 'step' | 'use' | 'context'>,
  { target }: Pick<RunFile, 'target'>,
): Promise<boolean> {
  if (step.onExists === 'replace') return false
  const look = await lookAt(use.client, target, context.run.signal)
  if (look.there !== 'yes') return false
  if (step.onExists === 'fail')
    throw new RunError('RUN_EXISTS', `The partner ${use.site.name} has a file ${target} already.`)
  context.run.note('file', `${target} is there already at ${use.site.name}: it is skipped.`)
  return true
}
