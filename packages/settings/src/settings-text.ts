import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml'
import { SettingsError } from './errors.ts'
import { isTree, type PathParts, parsePath } from './paths.ts'

/** A place in a text, counted from 1. */
interface Place {
  readonly line: number
  readonly column: number
}

/** What a settings file says, before the schema has seen it. */
export interface SettingsText {
  /** The file as it was named. */
  readonly file: string
  /** The sections that are set. */
  readonly input: Readonly<Record<string, unknown>>
  /** Where a setting stands: its value or its key. Where it does not, the place of the nearest section around it. */
  locate(path: string, end: 'value' | 'key'): Place
}

/**
 * Reads the text of a settings file: YAML 1.2.
 * @param file - its name, for messages
 * @throws {SettingsError} `SETTINGS_SYNTAX` with every mistake
 */
export function readSettingsText(text: string, file: string): SettingsText {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
  })
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const mistakes = [
    ...document.errors.map(error => ({ message: sentence(error), at: error.pos[0] })),
    ...danglingAliases(document),
  ]
  if (mistakes.length > 0) {
    const problems = mistakes.map(({ message, at: offset }) => ({
      path: '',
      message,
      source: file,
      ...at(offset),
    }))
    throw new SettingsError('SETTINGS_SYNTAX', problems)
  }
  return {
    file,
    input: toInput(document, file),
    locate: (path, end) => at(offsetOf(document, parsePath(path), end)),
  }
}

function sentence(error: { code: string; message: string }): string {
  if (error.code === 'DUPLICATE_KEY') return 'this key stands here twice'
  if (error.code === 'TAB_AS_INDENT') return 'YAML is indented with spaces and not with tabs'
  return `is not YAML: ${error.message.split('\n')[0]}`
}

/** The parser itself only finds these when it makes values, and then not where they stand. */
function danglingAliases(document: Document.Parsed): { message: string; at: number }[] {
  const found: { message: string; at: number }[] = []
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return
      found.push({ message: `nothing before this is marked &${alias.source}`, at: alias.range?.[0] ?? 0 })
    },
  })
  return found
}

function toInput(document: Document.Parsed, file: string): Record<string, unknown> {
  let read: unknown
  try {
    read = document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (error) {
    // Aliases within aliases: a small text that becomes a huge value.
    const message = `is not YAML: ${error instanceof Error ? error.message : String(error)}`
    throw new SettingsError('SETTINGS_SYNTAX', [{ path: '', message, source: file, line: 1, column: 1 }], {
      cause: error,
    })
  }
  if (!isTree(read) || Array.isArray(read)) {
    const message = 'must hold sections such as listeners and users'
    throw new SettingsError('SETTINGS_SYNTAX', [{ path: '', message, source: file, line: 1, column: 1 }])
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
