import type { Document, SecretDocuments, TransferTables } from '@portolan/store'
import type { z } from 'zod'
import { zoneOf } from '../check/zone-of.ts'
import { TransferError } from '../errors.ts'
import { type Site, type SiteSecrets, site, type Zone, zone } from '../model/index.ts'
import type { ReachableZone } from './site-client.ts'

/** A site as a run needs it. */
export interface KnownSite {
  readonly site: Site
  readonly secrets: SiteSecrets
  /** Undefined: directly. */
  readonly zone: ReachableZone | undefined
  /** Changes when the site, its secrets or its zone do. */
  readonly stamp: string
}

interface Known {
  readonly sites: ReadonlyMap<string, Document>
  readonly zones: ReadonlyMap<string, Document>
}

/** Sites and zones of the store, kept until they change. */
export class Catalog {
  readonly #tables: Pick<TransferTables, 'sites' | 'zones'>
  #known: Promise<Known> | undefined
  #sites = new Map<string, Promise<KnownSite>>()
  /** Counts what was forgotten: secrets have no revision of their own. */
  #generation = 0

  constructor(tables: Pick<TransferTables, 'sites' | 'zones'>) {
    this.#tables = tables
  }

  /** Something of it has changed. */
  forget(): void {
    this.#known = undefined
    this.#sites = new Map()
    this.#generation++
  }

  /** @throws {TransferError} `TRANSFER_MISSING`, `TRANSFER_DISABLED` */
  async site(name: string): Promise<KnownSite> {
    const sites = this.#sites
    let found = sites.get(name)
    if (!found) {
      found = this.#readOrReadAnew(name)
      sites.set(name, found)
      found.catch(() => sites.delete(name))
    }
    return found
  }

  /** The sessions that each site allows at once. */
  async connections(): Promise<Readonly<Record<string, number>>> {
    const { sites } = await this.#all()
    const bounds: Record<string, number> = {}
    for (const [name, { document }] of sites) {
      const parsed = site.safeParse(document)
      if (parsed.success) bounds[name] = parsed.data.connections
    }
    return bounds
  }

  /** Another node may have made or enabled it a moment ago, and the run be here before word of that. */
  async #readOrReadAnew(name: string): Promise<KnownSite> {
    const before = this.#known
    try {
      return await this.#read(name)
    } catch (error) {
      if (before === undefined || !(error instanceof TransferError)) throw error
      if (this.#known === before) this.#known = undefined
      return this.#read(name)
    }
  }

  async #read(name: string): Promise<KnownSite> {
    const generation = this.#generation
    const { sites, zones } = await this.#all()
    const document = sites.get(name)
    if (!document) throw new TransferError('TRANSFER_MISSING', `There is no site ${name} any more.`)
    const parsed = read(site, document, 'site')
    if (!parsed.enabled) throw new TransferError('TRANSFER_DISABLED', `The site ${name} is disabled.`)
    const leavesBy = zoneOf(
      parsed,
      [...zones.values()].map(one => read(zone, one, 'network zone')),
    )
    const secrets = (await this.#tables.sites.secrets(name)) ?? {}
    const reached = leavesBy && (await this.#withPassword(leavesBy))
    const stamp = `${document.revision}/${leavesBy ? JSON.stringify(leavesBy) : ''}/${generation}`
    return { site: parsed, secrets, zone: reached, stamp }
  }

  async #withPassword(reached: Zone): Promise<ReachableZone> {
    const { password } = (await this.#tables.zones.secrets(reached.name)) ?? {}
    return { zone: reached, ...(password !== undefined && { password }) }
  }

  #all(): Promise<Known> {
    const known = this.#known
    if (known) return known
    const reading = Promise.all([byName(this.#tables.sites), byName(this.#tables.zones)]).then(
      ([sites, zones]) => ({ sites, zones }),
    )
    this.#known = reading
    reading.catch(() => {
      if (this.#known === reading) this.#known = undefined
    })
    return reading
  }
}

async function byName(documents: SecretDocuments): Promise<ReadonlyMap<string, Document>> {
  return new Map((await documents.all()).map(document => [document.name, document]))
}

function read<S extends z.ZodType>(schema: S, { name, document }: Document, what: string): z.output<S> {
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new TransferError(
    'TRANSFER_INVALID',
    `The ${what} ${name} cannot be used: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
  )
}
