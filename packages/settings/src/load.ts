import { dirname, resolve } from 'node:path'
import { type CheckOptions, checkSettings } from './check.ts'
import { byPlace, type Problem, SettingsError } from './errors.ts'
import type { Origin } from './explain.ts'
import { tryParse } from './parse.ts'
import { formatPath, isTree, leaves, type PathParts, parsePath, valueAt } from './paths.ts'
import { readFileInput } from './read-file.ts'
import type { Settings } from './schema.ts'
import type { SettingsText } from './settings-text.ts'

type Input = Readonly<Record<string, unknown>>

/** The settings of a file with those of a command line put over them. */
export interface Overlay {
  /** All settings together. What the flags do not touch stays the same object as in the file's. */
  readonly input: Input
  /** Which path was set by which flag; a path stands for all below it. */
  readonly flags: ReadonlyMap<string, string>
}

/** Where settings are loaded from. */
export interface LoadOptions extends CheckOptions {
  /** A settings file. Absent: an empty one. */
  readonly file?: string
  /** Puts flags over what the file says. Paths of this machine in flags must be absolute already. */
  readonly overlay?: (input: Input) => Overlay
}

/** Settings that can be used. */
export interface LoadedSettings {
  readonly settings: Settings
  /** Who set what, see `explainSettings`. */
  readonly origins: ReadonlyMap<string, Origin>
  /** What is allowed and probably not meant. */
  readonly warnings: readonly Problem[]
}

/**
 * Reads settings, puts flags over them and checks the whole.
 * @throws {SettingsError} with every mistake and the line or flag that it comes from, as `file:line:column: path: what`
 */
export async function loadSettings({ file, overlay, ...options }: LoadOptions): Promise<LoadedSettings> {
  const read = file === undefined ? undefined : await readFileInput(file)
  const { input, flags } = overlay?.(read?.input ?? {}) ?? {
    input: read?.input ?? {},
    flags: new Map<string, string>(),
  }
  const place = placer(input, flags, read)
  const fail = (problems: readonly Problem[]) =>
    new SettingsError('SETTINGS_INVALID', problems.map(place).sort(byPlace))

  const result = tryParse(input, file === undefined ? {} : { base: dirname(resolve(file)) })
  if (result.kind === 'invalid') throw fail(result.problems)
  const { errors, warnings } = checkSettings(result.settings, options)
  if (errors.length > 0) throw fail(errors)
  return {
    settings: result.settings,
    origins: originsOf(input, flags),
    warnings: warnings.map(place).sort(byPlace),
  }
}

/**
 * Reads a settings file for a program that embeds the server: `new FtpServer(await readSettingsFile('portolan.yaml'))`.
 * @throws {SettingsError} as {@link loadSettings}
 */
export async function readSettingsFile(file: string): Promise<Settings> {
  return (await loadSettings({ file })).settings
}

function originsOf(input: Input, flags: ReadonlyMap<string, string>): Map<string, Origin> {
  const fromFile = [...leaves(input)].map(({ parts }): [string, Origin] => [formatPath(parts), 'file'])
  const byFlag = (path: string) => setBy(parsePath(path), flags) !== undefined
  return new Map<string, Origin>([
    ...fromFile.filter(([path]) => !byFlag(path)),
    ...[...flags.keys()].map((path): [string, Origin] => [path, 'flag']),
  ])
}

/** The flag that has set a path, or else what is nearest around it. */
function setBy(parts: PathParts, flags: ReadonlyMap<string, string>): string | undefined {
  return parts
    .map((_, index) => flags.get(formatPath(parts.slice(0, index + 1))))
    .findLast(flag => flag !== undefined)
}

/** Says of a problem which flag or which line of the file it comes from. */
function placer(input: Input, flags: ReadonlyMap<string, string>, read: SettingsText | undefined) {
  const places = read === undefined ? new Map<unknown, PathParts>() : placesOf(read.input)
  return (problem: Problem): Problem => {
    const parts = parsePath(problem.path)
    const flag = setBy(parts, flags)
    if (flag !== undefined) return { ...problem, source: flag }
    if (read === undefined) return problem
    const inFile = formatPath(pathInFile(parts, input, places))
    return { ...problem, source: read.file, ...read.locate(inFile, problem.isUnknown ? 'key' : 'value') }
  }
}

/** Where every section and list item of the file stands in it. Flags that add items to a list move those behind. */
function placesOf(input: unknown): Map<unknown, PathParts> {
  const places = new Map<unknown, PathParts>()
  const visit = (value: unknown, parts: PathParts) => {
    if (!isTree(value) || places.has(value)) return
    places.set(value, parts)
    for (const [key, child] of Array.isArray(value) ? value.entries() : Object.entries(value))
      visit(child, [...parts, key])
  }
  visit(input, [])
  return places
}

function pathInFile(parts: PathParts, input: Input, places: ReadonlyMap<unknown, PathParts>): PathParts {
  for (let length = parts.length; length > 0; length--) {
    const place = places.get(valueAt(input, parts.slice(0, length)))
    if (place !== undefined) return [...place, ...parts.slice(length)]
  }
  return parts
}
