import type { Zone } from '@portolan/transfers/model'
import type { z } from 'zod'
import type { ZoneView, zoneWrite } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'
import { asJson } from '../users/user-view.ts'
import { Checks, findingsOf } from './checks.ts'
import { asZone, type Partners, readPartners, type Stored, usesZone } from './partners.ts'
import { changeSecrets, merged } from './secrets.ts'
import { demandName, invalid, missing, told, used, ZONE } from './store-words.ts'

type ZoneWrite = z.output<typeof zoneWrite>

/** Network zones: checked, and saved. */
export class ZonesService {
  readonly #services: Services
  readonly #checks: Checks

  constructor(services: Services) {
    this.#services = services
    this.#checks = new Checks(services)
  }

  async all(): Promise<ZoneView[]> {
    const partners = await readPartners(this.#services.store)
    return Promise.all(partners.zones.map(one => this.#view(one, partners)))
  }

  /** @throws {Problem} 409 `ZONE_EXISTS`, 422 `ZONE_INVALID` */
  async create(write: ZoneWrite, actor: string): Promise<ZoneView> {
    const { initiated } = this.#services.store
    const zone = await this.#checked(write)
    const row = await told(ZONE, zone.name, () =>
      initiated.zones.create(zone.name, asJson(zone), { by: actor }),
    )
    await changeSecrets(initiated.zones, zone.name, { password: write.password }, actor)
    return this.#view({ value: zone, row }, await readPartners(this.#services.store))
  }

  /** @throws {Problem} 404, 409 `ZONE_STALE`, 422 `ZONE_INVALID` */
  async replace(name: string, write: ZoneWrite, actor: string): Promise<{ before: Zone; after: ZoneView }> {
    const { initiated } = this.#services.store
    const { value: before } = await this.#stored(name)
    demandName(ZONE, name, write.name)
    const zone = await this.#checked(write)
    const base = write.revision === undefined ? {} : { base: write.revision }
    const row = await told(ZONE, name, () =>
      initiated.zones.replace(name, asJson(zone), { by: actor, ...base }),
    )
    await changeSecrets(initiated.zones, name, { password: write.password }, actor)
    const after = await this.#view({ value: zone, row }, await readPartners(this.#services.store))
    return { before, after }
  }

  /** @throws {Problem} 404, 409 `ZONE_USED` */
  async remove(name: string): Promise<Zone> {
    const { initiated } = this.#services.store
    const row = await initiated.zones.get(name)
    if (!row) throw missing(ZONE, name)
    const { value } = asZone(row)
    const { sites } = await readPartners(this.#services.store)
    const users = sites.filter(one => usesZone(one.value, value)).map(one => `the site ${one.value.name}`)
    if (users.length > 0) throw used(ZONE, name, users)
    if (!(await initiated.zones.remove(name))) throw missing(ZONE, name)
    return value
  }

  async #stored(name: string): Promise<Stored<Zone>> {
    const row = await this.#services.store.initiated.zones.get(name)
    if (!row) throw missing(ZONE, name)
    return asZone(row)
  }

  async #checked(write: ZoneWrite): Promise<Zone> {
    const { store } = this.#services
    const before = (await store.initiated.zones.secrets(write.name)) ?? {}
    const secrets = merged(before, { password: write.password })
    const checked = await this.#checks.zone(write, await readPartners(store), secrets)
    if ('problems' in checked) throw invalid(ZONE, write.name, checked.problems)
    return checked.value
  }

  async #view({ value, row }: Stored<Zone>, partners: Partners): Promise<ZoneView> {
    const secrets = (await this.#services.store.initiated.zones.secrets(value.name)) ?? {}
    const checked = await this.#checks.zone(value, partners, secrets)
    return {
      ...value,
      sites: partners.sites.filter(one => usesZone(one.value, value)).map(one => one.value.name),
      hasPassword: secrets.password !== undefined,
      revision: row.revision,
      changedAt: row.changedAt,
      changedBy: row.changedBy,
      warnings: findingsOf(checked),
    }
  }
}
