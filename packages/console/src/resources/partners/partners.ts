import type { Document, Store } from '@portolan/store'
import { type Site, site, type Transfer, transfer, type Zone, zone } from '@portolan/transfers/model'
import type { z } from 'zod'
import { Problem } from '../../http/problem.ts'
import { type Kind, SITE, TRANSFER, ZONE } from './store-words.ts'

/** Something that is stored, with the row that it is stored in. */
export interface Stored<T> {
  readonly value: T
  readonly row: Document
}

/** Everything that is known of partners. Few: they are read as a whole. */
export interface Partners {
  readonly zones: readonly Stored<Zone>[]
  readonly sites: readonly Stored<Site>[]
  readonly transfers: readonly Stored<Transfer>[]
}

/** Reads all zones, sites and transfers. Those that cannot be read are left out; asking for one of them tells why. */
export async function readPartners({ initiated }: Pick<Store, 'initiated'>): Promise<Partners> {
  const [zones, sites, transfers] = await Promise.all([
    initiated.zones.all(),
    initiated.sites.all(),
    initiated.definitions.all(),
  ])
  return {
    zones: zones.flatMap(row => readable(zone, row)),
    sites: sites.flatMap(row => readable(site, row)),
    transfers: transfers.flatMap(row => readable(transfer, row)),
  }
}

function readable<S extends z.ZodType>(schema: S, row: Document): Stored<z.output<S>>[] {
  const parsed = schema.safeParse(row.document)
  return parsed.success ? [{ value: parsed.data, row }] : []
}

export const asZone = (row: Document) => read(ZONE, zone, row)
export const asSite = (row: Document) => read(SITE, site, row)
export const asTransfer = (row: Document) => read(TRANSFER, transfer, row)

/** @throws {Problem} 409 for a document that this version cannot read */
function read<S extends z.ZodType>({ code, word }: Kind, schema: S, row: Document): Stored<z.output<S>> {
  const parsed = schema.safeParse(row.document)
  if (parsed.success) return { value: parsed.data, row }
  const [issue] = parsed.error.issues
  const where = issue === undefined ? '' : `: ${issue.path.join('.')} ${issue.message}`
  const text = `the ${word} ${row.name} was stored by another version and cannot be read${where}; delete it and make it anew`
  throw new Problem(409, `${code}_UNREADABLE`, text)
}

/** Whether connections to a site leave by a zone. */
export function usesZone({ zone: wanted }: Site, { name, isDefault }: Zone): boolean {
  return wanted === undefined ? isDefault : wanted === name
}

/** The sites that a transfer names in its steps. */
export function sitesOf({ steps, onFailure }: Transfer): ReadonlySet<string> {
  const all = [...steps, ...onFailure]
  return new Set(all.flatMap(step => (step.do === 'push' || step.do === 'pull' ? [step.site] : [])))
}
