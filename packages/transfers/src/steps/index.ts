import type { Step } from '../model/index.ts'
import type { LocalFile } from '../run/progress.ts'
import { checksumFiles } from './checksum-file.ts'
import { compress } from './compress.ts'
import type { StepContext } from './context.ts'
import { actOnAll } from './local-action.ts'
import { program } from './program.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import { mail, webhook } from './tell.ts'

/** Runs one step; answers the files that it leaves to the next. May be repeated after a crash. */
export function runStep(step: Step, context: StepContext): Promise<readonly LocalFile[]> {
  switch (step.do) {
    case 'push':
      return push(step, context)
    case 'pull':
      return pull(step, context)
    case 'rename':
    case 'delete':
      return actOnAll(step, context)
    case 'compress':
      return compress(step, context)
    case 'checksum-file':
      return checksumFiles(step, context)
    case 'webhook':
      return webhook(step, context)
    case 'mail':
      return mail(step, context)
    case 'program':
      return program(step, context)
  }
}
