import { type ProvisioningKey, provisioningKey } from '@portolan/gateway/model'
import type { JsonValue, ProvisioningKeyRow } from '@portolan/store'
import type { z } from 'zod'
import type {
  ProvisioningKeyView,
  provisioningKeyChange,
  provisioningKeyCreated,
} from '../../contract/index.ts'
import { randomSecret, sha256 } from '../../http/tokens.ts'
import type { Services } from '../../node/services.ts'
import { invalid, type Kind, missing, told } from '../partners/store-words.ts'
import { asJson } from '../users/user-view.ts'
import { readAccessDocs } from './access-docs.ts'
import type { Checks } from './checks.ts'
import { invitationText } from './invitation-text.ts'
import { startCommand } from './start-command.ts'
import { ownFields } from './things.ts'

export const KEY: Kind = { code: 'KEY', word: 'provisioning key' }

/** Provisioning keys: made with a secret that is told once. */
export class KeysService {
  readonly #services: Pick<Services, 'store' | 'access' | 'now'>
  readonly #checks: Checks

  constructor(services: Pick<Services, 'store' | 'access' | 'now'>, checks: Checks) {
    this.#services = services
    this.#checks = checks
  }

  async page(ask: Parameters<Services['store']['access']['keys']['list']>[0]) {
    const { items, total } = await this.#keys.list(ask)
    return { items: items.map(row => this.#view(row)), total }
  }

  /** @throws {Problem} 409 `KEY_EXISTS`, `GATEWAY_OFF`, `GATEWAY_NO_EDGE`; 422 `KEY_INVALID` */
  async create(write: object, actor: string): Promise<z.output<typeof provisioningKeyCreated>> {
    const controller = this.#services.access.controller()
    const key = await this.#checked(ownFields(provisioningKey, write))
    const secret = randomSecret()
    // First, since without an edge there is nowhere to go: then no key is left over.
    const invitation = await invitationText(controller, { kind: key.kind, key: key.name, secret })
    const row = await told(KEY, key.name, () =>
      this.#keys.create(key.name, { document: asJson(key), hash: sha256(secret) }, { by: actor }),
    )
    return { ...this.#view(row), invitation, command: startCommand(key.kind, invitation) }
  }

  /** @throws {Problem} 404 `KEY_MISSING`, 422 `KEY_INVALID` */
  async change(
    name: string,
    change: z.output<typeof provisioningKeyChange>,
    actor: string,
  ): Promise<{ before: JsonValue; after: ProvisioningKeyView }> {
    const row = await this.#row(name)
    const { kind, connectorGroup, maxUses, expiresAt } = keyOf(row)
    // What is left out is taken away: it is all that can be changed of a key.
    const fields = {
      ...definedOf(change),
      name,
      kind,
      maxUses,
      ...(connectorGroup !== undefined && { connectorGroup }),
    }
    // An end that stays may be over: the key can be changed all the same.
    const key = await this.#checked(fields, change.expiresAt === expiresAt ? 0 : undefined)
    await told(KEY, name, () => this.#keys.replace(name, asJson(key), { by: actor, base: row.revision }))
    return { before: row.document, after: this.#view(await this.#row(name)) }
  }

  /** Nobody enrols with it any more; who has, stays. @throws {Problem} 404 */
  async remove(name: string): Promise<ProvisioningKeyRow> {
    const row = await this.#row(name)
    if (!(await this.#keys.remove(name))) throw missing(KEY, name)
    return row
  }

  get #keys() {
    return this.#services.store.access.keys
  }

  async #row(name: string): Promise<ProvisioningKeyRow> {
    const row = await this.#keys.get(name)
    if (!row) throw missing(KEY, name)
    return row
  }

  async #checked(fields: Readonly<Record<string, unknown>>, now?: number): Promise<ProvisioningKey> {
    const checked = await this.#checks.key(fields, await readAccessDocs(this.#services.store), now)
    if ('problems' in checked) throw invalid(KEY, String(fields.name), checked.problems)
    return checked.value
  }

  #view(row: ProvisioningKeyRow): ProvisioningKeyView {
    const key = keyOf(row)
    return {
      ...key,
      uses: row.uses,
      state: stateOf(key, row.uses, this.#services.now()),
      createdAt: row.createdAt,
      createdBy: row.changedBy,
    }
  }
}

/** One that another version stored is worth nothing here, and can be removed. */
function keyOf({ name, document }: ProvisioningKeyRow): ProvisioningKey {
  const parsed = provisioningKey.safeParse(document)
  return parsed.success ? parsed.data : { name, kind: 'edge', enabled: false, maxUses: 1 }
}

function stateOf(
  { enabled, maxUses, expiresAt }: ProvisioningKey,
  uses: number,
  now: number,
): ProvisioningKeyView['state'] {
  if (!enabled) return 'disabled'
  if (uses >= maxUses) return 'used-up'
  return expiresAt !== undefined && expiresAt <= now ? 'expired' : 'usable'
}

const definedOf = (fields: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
