import type { Document } from '@portolan/store'
import type { Site } from '@portolan/transfers/model'
import type { z } from 'zod'
import type { SiteView, siteWrite } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'
import { asJson } from '../users/user-view.ts'
import { Checks, findingsOf } from './checks.ts'
import { lastRunOf } from './last-run.ts'
import { asSite, type Partners, readPartners, type Stored, sitesOf } from './partners.ts'
import { changeSecrets, merged } from './secrets.ts'
import { demandName, invalid, missing, SITE, told, used } from './store-words.ts'

export type SiteWritten = z.output<typeof siteWrite>

/** A site as it is, with what it is reached with. */
export interface SiteDraft {
  readonly site: Site
  readonly secrets: Readonly<Record<string, string>>
}

/** Transfer sites: checked, and saved with their secrets beside them, which nobody is told. */
export class SitesService {
  readonly #services: Services
  readonly #checks: Checks

  constructor(services: Services) {
    this.#services = services
    this.#checks = new Checks(services)
  }

  /** Those that are on a page of the store. */
  async views(rows: readonly Document[]): Promise<SiteView[]> {
    const partners = await readPartners(this.#services.store)
    const names = new Set(rows.map(({ name }) => name))
    const byName = new Map(partners.sites.map(one => [one.value.name, one]))
    const found = [...names].flatMap(name => byName.get(name) ?? [])
    return Promise.all(found.map(one => this.#view(one, partners)))
  }

  /** @throws {Problem} 404 `SITE_MISSING` */
  async get(name: string): Promise<SiteView> {
    return this.#view(await this.stored(name), await readPartners(this.#services.store))
  }

  /** @throws {Problem} 409 `SITE_EXISTS`, 422 `SITE_INVALID` */
  async create(write: SiteWritten, actor: string): Promise<SiteView> {
    const { sites } = this.#services.store.initiated
    const { site } = await this.draft(write)
    const row = await told(SITE, site.name, () => sites.create(site.name, asJson(site), { by: actor }))
    await changeSecrets(sites, site.name, write.secrets ?? {}, actor)
    return this.#view({ value: site, row }, await readPartners(this.#services.store))
  }

  /** @throws {Problem} 404, 409 `SITE_STALE`, 422 `SITE_INVALID` */
  async replace(name: string, write: SiteWritten, actor: string): Promise<{ before: Site; after: SiteView }> {
    const { sites } = this.#services.store.initiated
    const { value: before } = await this.stored(name)
    demandName(SITE, name, write.name)
    const { site } = await this.draft(write)
    const base = write.revision === undefined ? {} : { base: write.revision }
    const row = await told(SITE, name, () => sites.replace(name, asJson(site), { by: actor, ...base }))
    await changeSecrets(sites, name, write.secrets ?? {}, actor)
    const after = await this.#view({ value: site, row }, await readPartners(this.#services.store))
    return { before, after }
  }

  /** @throws {Problem} 404, 409 `SITE_USED` */
  async remove(name: string): Promise<Site> {
    const { store } = this.#services
    const { value } = await this.stored(name)
    const { transfers } = await readPartners(store)
    const users = transfers
      .filter(one => sitesOf(one.value).has(name))
      .map(one => `the transfer ${one.value.name}`)
    if (users.length > 0) throw used(SITE, name, users)
    if (!(await store.initiated.sites.remove(name))) throw missing(SITE, name)
    return value
  }

  /**
   * A site that may not be saved yet, with the secrets that it would have.
   * @throws {Problem} 422 `SITE_INVALID`
   */
  async draft(write: SiteWritten): Promise<SiteDraft> {
    const { store } = this.#services
    const before = (await store.initiated.sites.secrets(write.name)) ?? {}
    const secrets = merged(before, write.secrets ?? {})
    const checked = await this.#checks.site(write, await readPartners(store), secrets)
    if ('problems' in checked) throw invalid(SITE, write.name, checked.problems)
    return { site: checked.value, secrets }
  }

  /** A site that is saved, with its secrets. @throws {Problem} 404 */
  async saved(name: string): Promise<SiteDraft> {
    const { value } = await this.stored(name)
    return { site: value, secrets: (await this.#services.store.initiated.sites.secrets(name)) ?? {} }
  }

  /** @throws {Problem} 404, 409 `SITE_UNREADABLE` */
  async stored(name: string): Promise<Stored<Site>> {
    const row = await this.#services.store.initiated.sites.get(name)
    if (!row) throw missing(SITE, name)
    return asSite(row)
  }

  async #view({ value, row }: Stored<Site>, partners: Partners): Promise<SiteView> {
    const { store } = this.#services
    const secrets = (await store.initiated.sites.secrets(value.name)) ?? {}
    const lastRun = await lastRunOf(store, { site: value.name })
    return {
      ...value,
      hasPassword: secrets.password !== undefined,
      hasKey: secrets.key !== undefined,
      transfers: partners.transfers
        .filter(one => sitesOf(one.value).has(value.name))
        .map(one => one.value.name),
      revision: row.revision,
      changedAt: row.changedAt,
      changedBy: row.changedBy,
      ...(lastRun && { lastRun }),
      warnings: findingsOf(await this.#checks.site(value, partners, secrets)),
    }
  }
}
