import type {
  ExplainedSetting,
  SettingsChangeBody,
  SettingsPreview,
  SettingsVersion,
  SettingsVersionDetail,
  SettingsView,
} from '../contract/index.ts'

/**
 * The settings of a running node: default, below the file, below the store, below the flags of the start. Everything is
 * checked as a whole before anything is saved, and in force on this node before it is saved.
 */
export interface SettingsService {
  view(): SettingsView
  explain(): readonly ExplainedSetting[]
  /** What a change would do. Changes nothing. */
  preview(change: SettingsChangeBody): Promise<SettingsPreview>
  /**
   * Checks, takes into force, saves.
   * @throws {Problem} 409 `SETTINGS_STALE`, 422 `SETTINGS_INVALID` with every mistake, 409 `SETTINGS_FLAG` for a path
   * that a flag holds, 409 `SETTINGS_REFUSED` when the server could not take them (a port in use): nothing has changed
   */
  change(change: SettingsChangeBody, actor: string): Promise<SettingsView>
  versions(ask: { limit: number; before?: number }): Promise<readonly SettingsVersion[]>
  /** @throws {Problem} 404 */
  version(version: number): Promise<SettingsVersionDetail>
  /** Saves the state of an older version as the newest. @throws {Problem} as {@link change}; 404 */
  revert(version: number, base: number, actor: string): Promise<SettingsView>
  /** What a revert would do. */
  previewRevert(version: number): Promise<SettingsPreview>
  /**
   * Groups of the store were changed: reads them again and takes them into force for what comes from now on.
   * @throws {Problem} 409 `SETTINGS_REFUSED` when the server could not take them
   */
  groupsChanged(): Promise<void>
}
