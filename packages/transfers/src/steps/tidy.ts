import type { Step } from '../model/index.ts'
import type { StepContext } from './context.ts'
import { tidyPull } from './tidy-pull.ts'
import { tidyPush } from './tidy-push.ts'

/** Takes away what a step has begun that will not be ended. */
export async function tidyStep(step: Step, context: StepContext, end: 'failed' | 'cancelled'): Promise<void> {
  if (step.do === 'push') await tidyPush(step, context, end)
  if (step.do === 'pull') await tidyPull(step, context, end)
}
