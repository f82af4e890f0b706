import { isDeepStrictEqual } from 'node:util'
import { type Input, type LoadedSettings, SettingsError, type StoredSettings } from '@portolan/settings'
import type { JsonValue, Store } from '@portolan/store'

/** Reads the settings: the file, then what the store says, then the flags of the start. */
export type LoadSettings = (stored: StoredSettings) => Promise<LoadedSettings>

/** What the store says of the settings, at one moment. */
export interface StoredState {
  /** The newest version; 0 before the first. */
  readonly version: number
  readonly document: Input
  readonly groups: readonly Input[]
}

/** Settings that were loaded, and from what. */
export interface SettingsInForce extends StoredState {
  readonly loaded: LoadedSettings
}

type Stored = Pick<Store, 'settings' | 'groups'>

/** The settings in force on this node, and why the newest are not when they are not. */
export class NodeSettings {
  readonly #store: Stored
  readonly #load: LoadSettings
  #inForce: SettingsInForce
  /** Version that is the newest as far as this node knows. */
  #newest: number
  #failure: string | undefined
  /** What could not be used and never will be: only another version, another group or another file helps. */
  #useless: StoredState | undefined

  private constructor(store: Stored, load: LoadSettings, inForce: SettingsInForce) {
    this.#store = store
    this.#load = load
    this.#inForce = inForce
    this.#newest = inForce.version
  }

  /**
   * The settings that a node starts with.
   * @throws {SettingsError} with every mistake and the file, version or flag that it comes from; {StoreError}
   */
  static async load(store: Stored, load: LoadSettings): Promise<NodeSettings> {
    const state = await readStore(store)
    const loaded = await load(layersOf(state, state.document, state.version))
    return new NodeSettings(store, load, { ...state, loaded })
  }

  /** The same for somebody who may want to repair them: when the newest version is no settings, the file alone counts. */
  static async loadToRepair(store: Stored, load: LoadSettings): Promise<NodeSettings> {
    try {
      return await NodeSettings.load(store, load)
    } catch (error) {
      const state = await readStore(store)
      if (!(error instanceof SettingsError) || state.version === 0) throw error
      const alone = { ...state, document: {} }
      const settings = new NodeSettings(store, load, { ...alone, loaded: await load(layersOf(state, {})) })
      settings.failed(state, error)
      return settings
    }
  }

  get inForce(): SettingsInForce {
    return this.#inForce
  }

  get loaded(): LoadedSettings {
    return this.#inForce.loaded
  }

  get newest(): number {
    return this.#newest
  }

  /** Why the newest settings are not in force; undefined when they are. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** What the store says now. */
  read(): Promise<StoredState> {
    return readStore(this.#store)
  }

  /** Loads settings without taking them into force. @param document - a draft; absent: what the store says */
  async try(state: StoredState, document?: Input): Promise<SettingsInForce> {
    const draft =
      document === undefined ? layersOf(state, state.document, state.version) : layersOf(state, document)
    return { ...state, document: document ?? state.document, loaded: await this.#load(draft) }
  }

  /** Whether there is nothing to do about what the store says: it is in force, or was found to be no settings. */
  isSettled(state: StoredState): boolean {
    const known = this.#failure === undefined ? this.#inForce : this.#useless
    return known?.version === state.version && isDeepStrictEqual(known.groups, state.groups)
  }

  /** Remembers that settings are in force. */
  took(inForce: SettingsInForce): void {
    this.#inForce = inForce
    this.#newest = inForce.version
    this.#failure = undefined
    this.#useless = undefined
  }

  /** Remembers that what the store says could not be taken into force. */
  failed(state: StoredState, error: unknown): void {
    this.#newest = state.version
    this.#failure = error instanceof Error ? error.message : String(error)
    this.#useless = error instanceof SettingsError ? state : undefined
  }
}

/** What lies between the file and the flags, as the store has it now. @throws {StoreError} */
export async function readStoredSettings(store: Stored): Promise<StoredSettings> {
  const state = await readStore(store)
  return layersOf(state, state.document, state.version)
}

async function readStore({ settings, groups }: Stored): Promise<StoredState> {
  const [current, all] = await Promise.all([settings.current(), groups.all()])
  return {
    version: current?.version ?? 0,
    document: asInput(current?.document ?? {}),
    groups: all.map(({ name, document }) => ({ ...asInput(document), name })),
  }
}

function layersOf({ groups }: StoredState, input: Input, version = 0): StoredSettings {
  return { store: { input, ...(version > 0 && { version }) }, groups }
}

/** A document as settings; whatever is none says nothing. */
export function asInput(document: JsonValue): Input {
  return typeof document === 'object' && document !== null && !Array.isArray(document) ? { ...document } : {}
}
