import { describeIssues } from './describe-issues.ts'
import { type Problem, SettingsError } from './errors.ts'
import { resolveFolders } from './resolve-folders.ts'
import { type Settings, settingsSchema } from './schema.ts'

/**
 * Settings that went through the schema. A number is seconds in the input and milliseconds in the output, so the same
 * object must not go through twice. A copy of one is caught by the bounds: its milliseconds are too long as seconds.
 */
const parsed = new WeakSet<object>()

/** How {@link parseSettings} reads settings. */
export interface ParseOptions {
  /** Folder that relative paths are relative to. Absent: they stay relative, and so to the working directory. */
  readonly base?: string
}

/**
 * Checks settings by the schema and fills in the defaults. Settings that were parsed before come back as they are.
 * @throws {SettingsError} `SETTINGS_INVALID` with every mistake
 */
export function parseSettings(input: unknown, options: ParseOptions = {}): Settings {
  const result = tryParse(input, options)
  if (result.kind === 'invalid') throw new SettingsError('SETTINGS_INVALID', result.problems)
  return result.settings
}

/** As {@link parseSettings}, with the mistakes as a value. */
export function tryParse(
  input: unknown,
  { base }: ParseOptions = {},
): { kind: 'valid'; settings: Settings } | { kind: 'invalid'; problems: Problem[] } {
  if (isParsed(input)) return { kind: 'valid', settings: input }
  const result = settingsSchema.safeParse(input)
  if (!result.success) return { kind: 'invalid', problems: describeIssues(result.error.issues, input) }
  const settings = base === undefined ? result.data : resolveFolders(result.data, base)
  parsed.add(settings)
  return { kind: 'valid', settings }
}

function isParsed(input: unknown): input is Settings {
  return typeof input === 'object' && input !== null && parsed.has(input)
}

/** The settings of an empty file. */
export function defaultSettings(): Settings {
  return parseSettings({})
}
