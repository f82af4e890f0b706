export { formatProblem, type Problem, SettingsError, type SettingsErrorCode } from './errors.ts'
export { defaultSettings, parseSettings } from './parse.ts'
export { formatPasswordHash, type PasswordHash, parsePasswordHash } from './password-hash.ts'
export { PERMISSIONS } from './schema/users.ts'
export {
  type GroupSettings,
  type ListenerSettings,
  type Settings,
  type SettingsInput,
  settingsSchema,
  type UserSettings,
} from './schema.ts'
