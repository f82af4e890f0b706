import { isDeepStrictEqual } from 'node:util'
import type { FtpServer } from '@portolan/server'
import { changeDocument, type Input, type Settings } from '@portolan/settings'
import { type JsonValue, type Store, StoreError } from '@portolan/store'
import type {
  ExplainedSetting,
  FieldProblem,
  SettingDifference,
  SettingsChangeBody,
  SettingsPreview,
  SettingsView,
} from '../contract/index.ts'
import type { NodeSettings, SettingsInForce, StoredState } from './node-settings.ts'
import { SettingsHistory } from './settings-history.ts'
import { fieldProblem, held, heldByFlags, invalid, mistakesOf, refused, stale } from './settings-problems.ts'
import type { SettingsService } from './settings-service.ts'
import { explanationOf, previewOf, viewOf } from './settings-view.ts'
import { WorkQueue } from './work-queue.ts'

/** What the service works with. */
export interface SettingsServiceOptions {
  readonly store: Pick<Store, 'settings' | 'groups'>
  readonly settings: NodeSettings
  readonly server: Pick<FtpServer, 'reload'>
  /** Called after the server has taken settings: the rest of the node. When it rejects, all goes back to the old ones. */
  applied(settings: Settings): Promise<void>
}

/** The settings of this node, and what follows changes that somebody else made. */
export interface NodeSettingsService extends SettingsService {
  /**
   * Reads file and store again and takes them into force.
   * @param ask.onlyIfNew - does nothing when the store says what is in force already, or what was found to be no settings
   * @throws with what stands in the way; the old settings stay, and the view tells of the failure
   */
  applyFromStore(ask?: { readonly onlyIfNew?: boolean }): Promise<void>
  /** What differs between two versions; 0 is before the first. @throws {Problem} 404 */
  difference(from: number, to: number): Promise<readonly SettingDifference[]>
}

/** Makes the settings service of a node. Changes are made one at a time. */
export function createSettingsService(options: SettingsServiceOptions): NodeSettingsService {
  return new Service(options)
}

class Service implements NodeSettingsService {
  readonly #options: SettingsServiceOptions
  readonly #queue = new WorkQueue()
  readonly #history: SettingsHistory
  /** Both are the same until other settings are in force. */
  #explained: { readonly of: SettingsInForce; readonly rows: readonly ExplainedSetting[] } | undefined

  constructor(options: SettingsServiceOptions) {
    this.#options = options
    this.#history = new SettingsHistory(options.store.settings, () => this.#settings.loaded.file)
  }

  get #settings(): NodeSettings {
    return this.#options.settings
  }

  view(): SettingsView {
    return viewOf(this.#settings)
  }

  explain(): readonly ExplainedSetting[] {
    const { inForce } = this.#settings
    if (this.#explained?.of !== inForce)
      this.#explained = { of: inForce, rows: explanationOf(inForce.loaded) }
    return this.#explained.rows
  }

  async preview(change: SettingsChangeBody): Promise<SettingsPreview> {
    const state = await this.#settings.read()
    if (change.base !== state.version) throw stale(change.base, state.version)
    const { document, problems } = this.#draft(state, change)
    return this.#previewOf(state, document, [
      ...problems,
      ...heldByFlags(change.changes, this.#settings.loaded),
    ])
  }

  change(change: SettingsChangeBody, actor: string): Promise<SettingsView> {
    return this.#queue.run(async () => {
      const state = await this.#settings.read()
      if (change.base !== state.version) throw stale(change.base, state.version)
      const { document, problems } = this.#draft(state, change)
      const flagged = heldByFlags(change.changes, this.#settings.loaded)
      if (problems.length === 0 && flagged.length > 0) throw held(flagged)
      const { comment } = change
      await this.#take(state, document, { by: actor, ...(comment !== undefined && { comment }) }, problems)
      return this.view()
    })
  }

  versions(ask: { limit: number; before?: number }) {
    return this.#history.list(ask)
  }

  version(version: number) {
    return this.#history.detail(version)
  }

  difference(from: number, to: number) {
    return this.#history.difference(from, to)
  }

  async previewRevert(version: number): Promise<SettingsPreview> {
    const [state, document] = await Promise.all([this.#settings.read(), this.#history.document(version)])
    return this.#previewOf(state, document, [])
  }

  revert(version: number, base: number, actor: string): Promise<SettingsView> {
    return this.#queue.run(async () => {
      const [state, document] = await Promise.all([this.#settings.read(), this.#history.document(version)])
      if (base !== state.version) throw stale(base, state.version)
      const comment = version === 0 ? 'back to before the first version' : `back to version ${version}`
      await this.#take(state, document, { by: actor, comment }, [])
      return this.view()
    })
  }

  groupsChanged(): Promise<void> {
    return this.#queue.run(async () => {
      try {
        await this.#follow(await this.#settings.read())
      } catch (error) {
        if (error instanceof StoreError) throw error
        throw refused(error)
      }
    })
  }

  applyFromStore({ onlyIfNew = false }: { readonly onlyIfNew?: boolean } = {}): Promise<void> {
    return this.#queue.run(async () => {
      const state = await this.#settings.read()
      if (onlyIfNew && this.#settings.isSettled(state)) return
      await this.#follow(state)
    })
  }

  #draft(state: StoredState, { changes }: SettingsChangeBody) {
    const { document, problems } = changeDocument(state.document, changes, this.#settings.loaded.file)
    return { document, problems: problems.map(fieldProblem) }
  }

  async #previewOf(
    state: StoredState,
    document: Input,
    problems: readonly FieldProblem[],
  ): Promise<SettingsPreview> {
    try {
      const next = await this.#settings.try(state, document)
      return { ...previewOf(this.#settings.loaded, next.loaded), problems: [...problems] }
    } catch (error) {
      const mistakes = [...problems, ...mistakesOf(error)]
      return { problems: mistakes, warnings: [], difference: [], consequences: [] }
    }
  }

  /** Checks a draft, takes it into force, saves it. What fails leaves all as it was. */
  async #take(
    state: StoredState,
    document: Input,
    row: { by: string; comment?: string },
    problems: readonly FieldProblem[],
  ): Promise<void> {
    const next = await this.#settings.try(state, document).catch((error: unknown) => {
      throw invalid([...problems, ...mistakesOf(error)])
    })
    if (problems.length > 0) throw invalid(problems)
    if (isDeepStrictEqual(document, state.document)) return
    try {
      await this.#enforce(next)
    } catch (error) {
      throw refused(error)
    }
    try {
      const json: JsonValue = JSON.parse(JSON.stringify(document))
      const saved = await this.#options.store.settings.save({ base: state.version, document: json, ...row })
      this.#settings.took({ ...next, version: saved.version })
    } catch (error) {
      await this.#goBack()
      const isConflict = error instanceof StoreError && error.code === 'STORE_CONFLICT'
      throw isConflict ? stale(state.version, (await this.#settings.read()).version) : error
    }
  }

  /** Takes into force what is saved already. */
  async #follow(state: StoredState): Promise<void> {
    try {
      const next = await this.#settings.try(state)
      await this.#enforce(next)
      this.#settings.took(next)
    } catch (error) {
      this.#settings.failed(state, error)
      throw error
    }
  }

  /** @throws and the settings that were in force are in force again */
  async #enforce({ loaded: { settings } }: SettingsInForce): Promise<void> {
    await this.#options.server.reload(settings)
    try {
      await this.#options.applied(settings)
    } catch (error) {
      await this.#goBack()
      throw error
    }
  }

  async #goBack(): Promise<void> {
    const { settings } = this.#settings.loaded
    try {
      await this.#options.server.reload(settings)
      await this.#options.applied(settings)
    } catch (error) {
      const text = `the old settings could not be taken back: ${messageOf(error)}`
      this.#settings.failed(this.#settings.inForce, new Error(text, { cause: error }))
    }
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
