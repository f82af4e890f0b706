import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Document, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { byPlace, type Problem, SettingsError } from './errors.ts'
import { tryParse } from './parse.ts'
import { isTree, type PathParts, parsePath } from './paths.ts'
import type { Settings } from './schema.ts'

/** A settings file that was read and went through the schema. */
export interface SettingsFile {
  /** The file as it was named. */
  readonly file: string
  /** What the file says, and nothing more. */
  readonly input: Readonly<Record<string, unknown>>
  /** What it means: with defaults, paths of this machine absolute, relative ones being relative to the file's folder. */
  readonly settings: Settings
  /** Where a setting stands, counted from 1; where it does not, the place of the nearest section around it. */
  locate(path: string): { line: number; column: number }
}

/** The largest settings file that is read, in bytes. 10,000 users with all their settings fit in. */
const LARGEST_FILE = 16 * 1024 * 1024

/**
 * Reads a settings file: YAML 1.2, UTF-8.
 * @throws {SettingsError} with every mistake as `file:line:column: path: what`: `SETTINGS_FILE` (it cannot be read),
 * `SETTINGS_SYNTAX` (it is no YAML), `SETTINGS_INVALID` (the schema forbids something)
 */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  return parseSettingsText(await readText(path), path)
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

/**
 * Reads the text of a settings file.
 * @param file - its name, for messages and for relative paths
 * @throws {SettingsError} as {@link readSettingsFile}
 */
export function parseSettingsText(text: string, file: string): SettingsFile {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (document.errors.length > 0) {
    const problems = document.errors.map(error => ({
      path: '',
      message: sentence(error),
      source: file,
      ...at(error.pos[0]),
    }))
    throw new SettingsError('SETTINGS_SYNTAX', problems)
  }
  const read = toInput(document, file)
  const locate = (path: string, end: 'key' | 'value' = 'value') =>
    at(offsetOf(document, parsePath(path), end))
  const result = tryParse(read, { base: dirname(resolve(file)) })
  if (result.kind === 'invalid') {
    const problems = result.problems.map(problem => ({
      ...problem,
      source: file,
      ...locate(problem.path, endOf(problem)),
    }))
    throw new SettingsError('SETTINGS_INVALID', problems.sort(byPlace))
  }
  return { file, input: read, settings: result.settings, locate }
}

const endOf = (problem: Problem) => (problem.message.startsWith('is not a setting') ? 'key' : 'value')

function sentence(error: { code: string; message: string }): string {
  if (error.code === 'DUPLICATE_KEY') return 'this key stands here twice'
  if (error.code === 'TAB_AS_INDENT') return 'YAML is indented with spaces and not with tabs'
  return `is not YAML: ${error.message.split('\n')[0]}`
}

function toInput(document: Document.Parsed, file: string): Record<string, unknown> {
  let read: unknown
  try {
    read = document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (error) {
    // Aliases within aliases: a small text that becomes a huge value.
    const message = `is not YAML: ${error instanceof Error ? error.message : String(error)}`
    throw new SettingsError('SETTINGS_SYNTAX', [{ path: '', message, source: file }], { cause: error })
  }
  if (!isTree(read) || Array.isArray(read)) {
    const message = 'must hold sections such as listeners and users'
    throw new SettingsError('SETTINGS_INVALID', [{ path: '', message, source: file, line: 1, column: 1 }])
  }
  // A section whose lines are all commented out is null in YAML, and means that nothing is set in it. Deeper down,
  // an empty value is more likely a mistake: an empty list of networks opens a door.
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== null))
}

/** Where a setting, or else the nearest thing around it, begins in the text. */
function offsetOf(document: Document.Parsed, parts: PathParts, end: 'key' | 'value'): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, part] of parts.entries()) {
    const isLast = depth === parts.length - 1
    const pair = isMap(node) ? node.items.find(item => keyOf(item.key) === part) : undefined
    const child: unknown = pair
      ? pair.value
      : isSeq(node) && typeof part === 'number'
        ? node.items[part]
        : undefined
    const place = isLast && end === 'key' ? startOf(pair?.key) : (startOf(child) ?? startOf(pair?.key))
    if (place === undefined) return offset
    offset = place
    node = child
  }
  return offset
}

const keyOf = (key: unknown) => (isScalar(key) ? String(key.value) : key)

const startOf = (node: unknown) => (isNode(node) && !isPair(node) ? node.range?.[0] : undefined)
