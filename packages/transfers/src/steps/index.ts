import type { Step } from '../model/index.ts'
import type { LocalFile } from '../run/progress.ts'
import type { StepContext } from './context.ts'
import { push } from './push.ts'

/** Runs one step; answers the files that it leaves to the next. */
export async function runStep(step: Step, context: StepContext): Promise<readonly LocalFile[]> {
  switch (step.do) {
    case 'push':
      return push(step, context)
    default:
      throw new Error(step.do)
  }
}
