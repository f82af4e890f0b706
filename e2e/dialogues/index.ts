import { COMMAND_SCRIPTS } from './commands.ts'
import { DURING_SCRIPTS } from './during.ts'
import { HOSTILE_SCRIPTS } from './hostile.ts'
import { LOGIN_SCRIPTS } from './logins.ts'
import { MOVE_SCRIPTS } from './moves.ts'
import { NAME_SCRIPTS } from './names.ts'
import type { Script } from './step.ts'
import { TLS_SCRIPTS } from './tls.ts'

/** All dialogues, ordinary and hostile. */
export const SCRIPTS: readonly Script[] = [
  ...LOGIN_SCRIPTS,
  ...COMMAND_SCRIPTS,
  ...MOVE_SCRIPTS,
  ...NAME_SCRIPTS,
  ...DURING_SCRIPTS,
  ...HOSTILE_SCRIPTS,
  ...TLS_SCRIPTS,
]
