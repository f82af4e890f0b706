import { basename } from 'node:path'
import {
  consequencesOf,
  describeSetting,
  differenceOf,
  explainSettings,
  type LoadedSettings,
  settingsAsInput,
} from '@portolan/settings'
import type { Consequence, ExplainedSetting, SettingsPreview, SettingsView } from '../contract/index.ts'
import type { NodeSettings } from './node-settings.ts'
import { fieldProblem } from './settings-problems.ts'

/** Users and groups have pages of their own. */
const isSetting = (path: string) => !/^(users|groups)\b/.test(path)

/** The settings in force, for the API. */
export function viewOf(settings: NodeSettings): SettingsView {
  const { loaded, newest, failure } = settings
  return {
    version: newest,
    effective: settingsAsInput(loaded.settings),
    origins: Object.fromEntries([...loaded.origins].filter(([path]) => isSetting(path))),
    flags: Object.fromEntries([...loaded.flags].filter(([path]) => isSetting(path))),
    warnings: loaded.warnings.map(fieldProblem),
    ...(failure !== undefined && { failure }),
  }
}

/** Every setting in force with its origin and what it is for. */
export function explanationOf({ settings, origins }: LoadedSettings): ExplainedSetting[] {
  return explainSettings({ ...settings, users: [], groups: [] }, origins)
    .filter(({ path }) => isSetting(path))
    .map(one => ({ ...one, description: describeSetting(one.path) }))
}

/** What taking settings into force would do. */
export function previewOf(before: LoadedSettings, after: LoadedSettings): SettingsPreview {
  const known = new Set(before.warnings.map(({ path, message }) => `${path}: ${message}`))
  return {
    problems: [],
    warnings: after.warnings
      .filter(({ path, message }) => !known.has(`${path}: ${message}`))
      .map(fieldProblem),
    difference: differenceOf(
      { ...before.settings, users: [], groups: [] },
      { ...after.settings, users: [], groups: [] },
    ),
    consequences: [...consequencesOf(before.settings, after.settings), ...overriddenBy(before, after)],
  }
}

/** What the file says and has no effect any more. */
function overriddenBy(before: LoadedSettings, after: LoadedSettings): Consequence[] {
  const already = new Set(before.hidden.map(({ path }) => path))
  return after.hidden
    .filter(({ path }) => !already.has(path))
    .map(({ path, message, source = '', line }) => ({
      code: 'overridden',
      path,
      text: `${basename(source)}, line ${line}: ${message}. A reset brings it back.`,
    }))
}
