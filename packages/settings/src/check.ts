import type { PortRange } from '@portolan/channels'
import { checkAccess } from './check/access.ts'
import { checkClasses } from './check/classes.ts'
import { checkGateway } from './check/gateway.ts'
import { checkPorts } from './check/ports.ts'
import { checkTls } from './check/tls.ts'
import { checkTransfers } from './check/transfers.ts'
import { checkUsers } from './check/users.ts'
import type { Problem } from './errors.ts'
import type { Settings } from './schema.ts'

/** What the checks take from outside. */
export interface CheckOptions {
  /** Ports that the kernel gives to outgoing connections. Default: what the kernel says; undefined: not known. */
  readonly ephemeral?: PortRange | undefined
  /** Milliseconds since 1970. Default: now. */
  readonly now?: number
  /** Whether the node has a store: then it may have a console, a gateway, and users that are not in the settings. Default: no. */
  readonly withStore?: boolean
}

/** What is wrong with settings that each alone are allowed. `errors` cannot work; `warnings` are probably not meant. */
export interface Findings {
  readonly errors: readonly Problem[]
  readonly warnings: readonly Problem[]
}

/**
 * Checks what the schema cannot see: settings that do not fit each other. Nothing is thrown; all mistakes are told at
 * once. Files, folders and ports themselves are looked at by the server when it starts.
 */
export function checkSettings(settings: Settings, options: CheckOptions = {}): Findings {
  const all = [
    checkPorts(settings, options),
    checkTls(settings),
    checkUsers(settings, options.now ?? Date.now()),
    checkAccess(settings, options),
    checkClasses(settings),
    checkTransfers(settings),
    checkGateway(settings, options),
  ]
  return { errors: all.flatMap(found => found.errors), warnings: all.flatMap(found => found.warnings) }
}
