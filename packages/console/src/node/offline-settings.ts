import type { Settings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import { type LoadSettings, NodeSettings } from './node-settings.ts'
import { createSettingsService, type NodeSettingsService } from './settings-service-impl.ts'

/** The settings of a store, for a command. */
export interface OfflineSettings {
  readonly service: NodeSettingsService
  /** Why the newest version is no settings; comparisons then are with the file alone. */
  readonly failure: string | undefined
  /** What a node with the same file would have in force. */
  inForce(): Settings
}

/**
 * The settings of a store beside the node that runs on it: changes are checked and saved here, and taken into force by
 * the node, which sees them within two seconds.
 * @throws {SettingsError} when the file alone cannot be used; {StoreError}
 */
export async function openSettings(
  store: Pick<Store, 'settings' | 'groups'>,
  load: LoadSettings,
): Promise<OfflineSettings> {
  const settings = await NodeSettings.loadToRepair(store, load)
  const service = createSettingsService({
    store,
    settings,
    server: { reload: async () => {} },
    applied: async () => {},
  })
  return { service, failure: settings.failure, inForce: () => settings.loaded.settings }
}
