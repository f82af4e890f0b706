import type { Document } from '@portolan/store'
import type { Transfer } from '@portolan/transfers/model'
import type { z } from 'zod'
import type { TransferView, transferWrite } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'
import { asJson } from '../users/user-view.ts'
import { Checks, findingsOf } from './checks.ts'
import { lastRunOf } from './last-run.ts'
import { asTransfer, type Partners, readPartners, type Stored } from './partners.ts'
import { demandName, invalid, missing, TRANSFER, told, used } from './store-words.ts'
import { nextOf } from './times.ts'

type TransferWritten = z.output<typeof transferWrite>

/** A change of a transfer: as it was, and as it is. */
interface TransferChanged {
  readonly before: Transfer
  readonly after: TransferView
}

/** What moves where, and when: checked, and saved. The engines of all nodes follow. */
export class DefinitionsService {
  readonly #services: Services
  readonly #checks: Checks

  constructor(services: Services) {
    this.#services = services
    this.#checks = new Checks(services)
  }

  /** Those that are on a page of the store. */
  async views(rows: readonly Document[]): Promise<TransferView[]> {
    const partners = await readPartners(this.#services.store)
    const byName = new Map(partners.transfers.map(one => [one.value.name, one]))
    return Promise.all(
      rows.flatMap(({ name }) => byName.get(name) ?? []).map(one => this.#view(one, partners)),
    )
  }

  /** @throws {Problem} 404 `TRANSFER_MISSING` */
  async get(name: string): Promise<TransferView> {
    return this.#viewNow(await this.#stored(name))
  }

  /** @throws {Problem} 409 `TRANSFER_EXISTS`, 422 `TRANSFER_INVALID` */
  async create(write: TransferWritten, actor: string): Promise<TransferView> {
    const value = await this.#checked(write)
    const row = await told(TRANSFER, value.name, () =>
      this.#services.store.initiated.definitions.create(value.name, asJson(value), { by: actor }),
    )
    return this.#viewNow({ value, row })
  }

  /** @throws {Problem} 404, 409 `TRANSFER_STALE`, 422 `TRANSFER_INVALID` */
  async replace(name: string, write: TransferWritten, actor: string): Promise<TransferChanged> {
    const { value: before } = await this.#stored(name)
    demandName(TRANSFER, name, write.name)
    return this.#save(before, await this.#checked(write), write.revision, actor)
  }

  /** Switches a transfer on or off. What it has begun goes on. @throws {Problem} 404, 409, 422 */
  async enable(name: string, enabled: boolean, actor: string): Promise<TransferChanged> {
    const { value: before, row } = await this.#stored(name)
    const after = { ...before, enabled }
    return this.#save(before, enabled ? await this.#checked(after) : after, row.revision, actor)
  }

  /** @throws {Problem} 404, 409 `TRANSFER_USED` */
  async remove(name: string): Promise<Transfer> {
    const { initiated } = this.#services.store
    const { value } = await this.#stored(name)
    const { transfers } = await readPartners(this.#services.store)
    const users = transfers
      .filter(({ value: { name: other, trigger } }) => {
        return other !== name && trigger.on === 'run-ended' && trigger.transfer === name
      })
      .map(one => `the transfer ${one.value.name}, which begins when it ends`)
    if (users.length > 0) throw used(TRANSFER, name, users)
    if (!(await initiated.definitions.remove(name))) throw missing(TRANSFER, name)
    await initiated.schedules.remove(name)
    await initiated.fetched.forget(name)
    return value
  }

  async #save(
    before: Transfer,
    value: Transfer,
    revision: number | undefined,
    actor: string,
  ): Promise<TransferChanged> {
    const { name } = before
    const base = revision === undefined ? {} : { base: revision }
    const row = await told(TRANSFER, name, () =>
      this.#services.store.initiated.definitions.replace(name, asJson(value), { by: actor, ...base }),
    )
    return { before, after: await this.#viewNow({ value, row }) }
  }

  async #stored(name: string): Promise<Stored<Transfer>> {
    const row = await this.#services.store.initiated.definitions.get(name)
    if (!row) throw missing(TRANSFER, name)
    return asTransfer(row)
  }

  async #checked(write: TransferWritten | Transfer): Promise<Transfer> {
    const partners = await readPartners(this.#services.store)
    const checked = await this.#checks.transfer(write, partners)
    if ('problems' in checked) throw invalid(TRANSFER, write.name, checked.problems)
    return checked.value
  }

  async #viewNow(stored: Stored<Transfer>): Promise<TransferView> {
    return this.#view(stored, await readPartners(this.#services.store))
  }

  async #view({ value, row }: Stored<Transfer>, partners: Partners): Promise<TransferView> {
    const { store, now } = this.#services
    const lastRun = await lastRunOf(store, { transfer: value.name })
    return {
      ...value,
      revision: row.revision,
      changedAt: row.changedAt,
      changedBy: row.changedBy,
      next: value.enabled && value.schedule ? await nextOf(value.schedule, now()) : [],
      ...(lastRun && { lastRun }),
      warnings: findingsOf(await this.#checks.transfer(value, partners)),
    }
  }
}
