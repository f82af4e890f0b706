import { type Input, type SettingDifference, versionDifference } from '@portolan/settings'
import type { SettingsVersion as Row, SettingsVersions } from '@portolan/store'
import type { SettingsVersion, SettingsVersionDetail } from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import { asInput } from './node-settings.ts'

/** The saved versions, each with what differs from the one before. */
export class SettingsHistory {
  readonly #versions: SettingsVersions
  readonly #file: () => Input

  /** @param file - what the settings file says, over which the versions lie */
  constructor(versions: SettingsVersions, file: () => Input) {
    this.#versions = versions
    this.#file = file
  }

  async list({ limit, before }: { limit: number; before?: number }): Promise<SettingsVersion[]> {
    // One more than asked for: the last one is compared with it.
    const ask = { limit: Math.min(limit, 499) + 1, ...(before !== undefined && { before }) }
    const rows = await this.#versions.list(ask)
    return rows.slice(0, limit).map((row, index) => {
      return { ...shown(row), changed: this.#between(rows[index + 1], row).map(({ path }) => path) }
    })
  }

  /** @throws {Problem} 404 */
  async detail(version: number): Promise<SettingsVersionDetail> {
    const [row, previous] = await Promise.all([this.#get(version), this.#versions.get(version - 1)])
    const difference = this.#between(previous, row)
    return { ...shown(row), changed: difference.map(({ path }) => path), difference }
  }

  /** What differs between two versions; 0 is before the first. @throws {Problem} 404 */
  async difference(from: number, to: number): Promise<SettingDifference[]> {
    const [before, after] = await Promise.all([this.document(from), this.document(to)])
    return versionDifference(this.#file(), before, after)
  }

  /** The tree of a version; that of 0 says nothing. @throws {Problem} 404 */
  async document(version: number): Promise<Input> {
    return version === 0 ? {} : asInput((await this.#get(version)).document)
  }

  async #get(version: number): Promise<Row> {
    const row = await this.#versions.get(version)
    if (row) return row
    throw new Problem(404, 'SETTINGS_VERSION', `There is no version ${version} of the settings.`)
  }

  #between(before: Row | undefined, after: Row): SettingDifference[] {
    return versionDifference(this.#file(), asInput(before?.document ?? {}), asInput(after.document))
  }
}

function shown({ version, at, by, comment }: Row): Omit<SettingsVersion, 'changed'> {
  return { version, at, by, ...(comment !== undefined && { comment }) }
}
