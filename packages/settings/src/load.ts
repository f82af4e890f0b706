import { dirname, resolve } from 'node:path'
import { type CheckOptions, checkSettings } from './check.ts'
import { byPlace, type Problem, SettingsError } from './errors.ts'
import { formatSetting, type Origin } from './explain.ts'
import { hiddenPaths, type Input, mergeGroups, mergeLayers, type StoreLayer } from './layers.ts'
import { tryParse } from './parse.ts'
import { formatPath, leaves, parsePath, valueAt } from './paths.ts'
import { readFileInput } from './read-file.ts'
import type { Settings } from './schema.ts'
import type { SettingsText } from './settings-text.ts'
import { type Layers, type Sources, sourcesOf } from './sources.ts'

/** The settings of a file with those of a command line put over them. */
export interface Overlay {
  /** All settings together. What the flags do not touch stays the same object as in the file's. */
  readonly input: Input
  /** Which path was set by which flag; a path stands for all below it. */
  readonly flags: ReadonlyMap<string, string>
}

/** What lies between a settings file and the flags. */
export interface StoredSettings {
  /** What the store says, over the file and below the flags. */
  readonly store: StoreLayer
  /** Groups of the store, which win over those of the file by name. */
  readonly groups: readonly Input[]
}

/** Where settings are loaded from. Without `store` the node has none, and so no console and no users but these. */
export interface LoadOptions extends Omit<CheckOptions, 'withStore'>, Partial<StoredSettings> {
  /** A settings file. Absent: an empty one. */
  readonly file?: string
  /** Folder that relative paths are relative to. Default: that of the file; without one they stay relative. */
  readonly base?: string
  /** Puts flags over what the file and the store say. Paths of this machine in flags must be absolute already. */
  readonly overlay?: (input: Input) => Overlay
}

/** Settings that can be used. */
export interface LoadedSettings {
  readonly settings: Settings
  /** Who set what, see `explainSettings`. */
  readonly origins: ReadonlyMap<string, Origin>
  /** Which path was set by which flag; a path stands for all below it. */
  readonly flags: ReadonlyMap<string, string>
  /** What the file alone says. */
  readonly file: Input
  /** What the file says and the store says otherwise, so that it has no effect. */
  readonly hidden: readonly Problem[]
  /** What is allowed and probably not meant. */
  readonly warnings: readonly Problem[]
}

/**
 * Reads settings, puts those of the store and the flags over them and checks the whole.
 * @throws {SettingsError} with every mistake and the line, version or flag that it comes from, as `file:line:column: path: what`
 */
export async function loadSettings(options: LoadOptions): Promise<LoadedSettings> {
  const { file, base, store, groups = [], overlay, ...checks } = options
  const read = file === undefined ? undefined : await readFileInput(file)
  const layers = putTogether({ file: read, store, groups }, overlay)
  const sources = sourcesOf(layers)
  const fail = (problems: readonly Problem[]) =>
    new SettingsError('SETTINGS_INVALID', problems.map(sources.place).sort(byPlace))

  const folder = base ?? (file === undefined ? undefined : dirname(resolve(file)))
  const result = tryParse(layers.input, folder === undefined ? {} : { base: folder })
  if (result.kind === 'invalid') throw fail(result.problems)
  const { errors, warnings } = checkSettings(result.settings, { ...checks, withStore: store !== undefined })
  if (errors.length > 0) throw fail(errors)
  return {
    settings: result.settings,
    origins: originsOf(layers, sources),
    flags: layers.flags,
    file: read?.input ?? {},
    hidden: read === undefined || store === undefined ? [] : hiddenBy(read, store.input).sort(byPlace),
    warnings: warnings.map(sources.place).sort(byPlace),
  }
}

/**
 * Reads a settings file for a program that embeds the server: `new FtpServer(await readSettingsFile('portolan.yaml'))`.
 * @throws {SettingsError} as {@link loadSettings}
 */
export async function readSettingsFile(file: string): Promise<Settings> {
  return (await loadSettings({ file })).settings
}

function putTogether(
  { file, store, groups }: Omit<Layers, 'input' | 'flags'>,
  overlay: LoadOptions['overlay'],
): Layers {
  const stored = mergeLayers(file?.input ?? {}, store?.input ?? {})
  const input = mergeGroups(stored, groups)
  return { file, store, groups, ...(overlay?.(input) ?? { input, flags: new Map<string, string>() }) }
}

function originsOf({ input, flags }: Layers, sources: Sources): Map<string, Origin> {
  const set = [...leaves(input)].map(({ parts }): [string, Origin] => [formatPath(parts), sources.of(parts)])
  return new Map<string, Origin>([
    ...set.filter(([, origin]) => origin !== 'flag'),
    ...[...flags.keys()].map((path): [string, Origin] => [path, 'flag']),
  ])
}

/** The longest piece of a value that a message repeats. */
const SHOWN = 120

const shortened = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)

function hiddenBy({ input, file, locate }: SettingsText, store: Input): Problem[] {
  return [...hiddenPaths(input, store)].map(path => {
    const parts = parsePath(path)
    const said = shortened(formatSetting([], valueAt(input, parts)))
    const message = `the file says ${said}, which has no effect: what the store says comes before it`
    return { path, message, source: file, ...locate(path, 'value') }
  })
}
