import { readFile } from 'node:fs/promises'
import { SettingsError } from './errors.ts'
import { isTree } from './paths.ts'
import type { SettingsText } from './settings-text.ts'

/** The largest settings file that is read, in bytes. 10,000 users with all their settings fit in. */
const LARGEST_FILE = 16 * 1024 * 1024

/**
 * Reads what a settings file says: YAML 1.2, UTF-8.
 * @throws {SettingsError} `SETTINGS_FILE` (it cannot be read), `SETTINGS_SYNTAX` (it is no YAML)
 */
export async function readFileInput(file: string): Promise<SettingsText> {
  const text = await readText(file)
  // Only now: a server without a settings file needs no YAML.
  const { readSettingsText } = await import('./settings-text.ts')
  return readSettingsText(text, file)
}

async function readText(file: string): Promise<string> {
  const fail = (message: string, cause?: unknown) =>
    new SettingsError('SETTINGS_FILE', [{ path: '', message, source: file }], { cause })
  const bytes = await readFile(file).catch(error => {
    throw fail(whyUnreadable(error), error)
  })
  if (bytes.length > LARGEST_FILE) throw fail(`is larger than ${LARGEST_FILE / 2 ** 20} MiB`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw fail('is not UTF-8 text', error)
  }
}

function whyUnreadable(error: unknown): string {
  const code = isTree(error) ? error.code : undefined
  if (code === 'ENOENT') return 'the settings file is missing'
  if (code === 'EACCES' || code === 'EPERM') return 'the settings file may not be read by this user'
  if (code === 'EISDIR') return 'is a folder and not a settings file'
  return `the settings file cannot be read (${String(code ?? error)})`
}
