import { hostname, userInfo } from 'node:os'
import type { OfflineAccess } from '@portolan/console'
import type { JsonValue, Store } from '@portolan/store'
import type { ConfigFlags } from './config-flags.ts'
import { type ConfigStore, openConfigStore } from './config-store.ts'
import type { Io } from './io.ts'
import { UserError } from './user-error.ts'

/** Zero-trust access of a store, for as long as a command works on it. */
export interface AccessStore extends ConfigStore {
  readonly access: OfflineAccess
}

/**
 * Opens the store of a node, beside the node that may run on it.
 * @throws {UserError | StoreError | SettingsError} when there is none, or its settings cannot be used
 */
export async function openAccessStore(flags: ConfigFlags, io: Io): Promise<AccessStore> {
  const config = await openConfigStore(flags, io)
  const { openAccess } = await import('@portolan/console')
  const { store, settings, inForce } = config
  return {
    store,
    settings,
    inForce,
    access: openAccess(store, inForce),
    [Symbol.asyncDispose]: () => config[Symbol.asyncDispose](),
  }
}

/** Who a change is made by, for rows that say so. */
export const actorOfAccess = (command: string): string => `portolan access ${command}`

/** Notes a change in the audit log. */
export async function noteAccess(
  store: Store,
  { command, action, target, after }: { command: string; action: string; target: string; after: JsonValue },
): Promise<void> {
  await store.audit.append([
    {
      at: Date.now(),
      node: hostname(),
      actor: actorOfAccess(command),
      address: '',
      action,
      target,
      before: null,
      after,
      outcome: 'done',
      text: `by ${userInfo().username} on ${hostname()}`,
    },
  ])
}

/** Reads a port. @throws {UserError} that says what it is of */
export function readPort(text: string, what: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw new UserError(`${what} ${text}: a port is a number from 1 to 65535`)
}
