import type { PostAction } from '../model/index.ts'
import type { LocalFile } from '../run/progress.ts'
import type { StepContext } from './context.ts'
import { actLocally } from './post-action.ts'

/** Renames or deletes what the steps before have left. */
export async function actOnAll(action: PostAction, context: StepContext): Promise<readonly LocalFile[]> {
  const left: LocalFile[] = []
  for (const file of context.files) {
    const rest = await actLocally(action, file, undefined, context)
    if (rest) left.push(rest)
  }
  return left
}
