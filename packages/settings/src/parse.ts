import { describeIssues } from './describe-issues.ts'
import { SettingsError } from './errors.ts'
import { type Settings, settingsSchema } from './schema.ts'

/**
 * Settings that went through the schema. A number is seconds in the input and milliseconds in the output, so the same
 * object must not go through twice. A copy of one does get caught: its milliseconds are too long as seconds.
 */
const parsed = new WeakSet<object>()

/**
 * Checks settings by the schema and fills in the defaults. Settings that were parsed before come back as they are.
 * @throws {SettingsError} `SETTINGS_INVALID` with every mistake
 */
export function parseSettings(input: unknown): Settings {
  const result = tryParse(input)
  if ('problems' in result) throw new SettingsError('SETTINGS_INVALID', result.problems)
  return result.settings
}

/** As {@link parseSettings}, with the problems as a value. */
export function tryParse(
  input: unknown,
): { settings: Settings } | { problems: ReturnType<typeof describeIssues> } {
  if (typeof input === 'object' && input !== null && parsed.has(input)) return { settings: input as Settings }
  const result = settingsSchema.safeParse(input)
  if (!result.success) return { problems: describeIssues(result.error.issues, input) }
  parsed.add(result.data)
  return { settings: result.data }
}

/** The settings of an empty file. */
export function defaultSettings(): Settings {
  return parseSettings({})
}
