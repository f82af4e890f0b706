export { changeDocument, type SettingChange } from './change.ts'
export { type CheckOptions, checkSettings } from './check.ts'
export { type Consequence, consequencesOf } from './consequences.ts'
export { differenceOf, type SettingDifference, versionDifference } from './difference.ts'
export { type EffectiveUser, effectiveUser, type PermissionRule } from './effective-user.ts'
export { formatProblem, type Problem, SettingsError, type SettingsErrorCode } from './errors.ts'
export { type ExplainedSetting, explainSettings, type Origin } from './explain.ts'
export { flagHolding } from './held.ts'
export { describeSetting, type JsonSchema, settingsJsonSchema } from './json-schema.ts'
export type { Input, StoreLayer } from './layers.ts'
export {
  type LoadedSettings,
  loadSettings,
  type Overlay,
  readSettingsFile,
  type StoredSettings,
} from './load.ts'
export { groupAsInput, type OneOptions, parseGroup, parseUser, userAsInput } from './one-user.ts'
export { defaultSettings, type ParseOptions, parseSettings } from './parse.ts'
export { formatPasswordHash, type PasswordHash, parsePasswordHash } from './password-hash.ts'
export { formatPath, type PathParts, parsePath } from './paths.ts'
export { formatDuration, formatSize, parseDuration, parseSize } from './schema/units.ts'
export { PERMISSIONS } from './schema/users.ts'
export {
  type GroupSettings,
  type ListenerSettings,
  type Settings,
  type SettingsInput,
  settingsSchema,
  type UserSettings,
} from './schema.ts'
export { suggest } from './suggest.ts'
export { type ReadValue, readValueText } from './value-text.ts'
export { settingsAsInput } from './written.ts'
