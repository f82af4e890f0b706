import { type Site, site, type Transfer, transfer, type Zone, zone } from '@portolan/transfers/model'
import type { z } from 'zod'
import type { FieldProblem } from '../../contract/index.ts'
import type { Services } from '../../node/services.ts'
import { activePortsOf } from './active-ports.ts'
import type { Partners } from './partners.ts'
import { placeProblems, placesOf } from './place-problems.ts'

/** What a check found: a value that may be saved, with what a person should know of it; or every mistake at once. */
export type Checked<T> =
  | { readonly value: T; readonly warnings: readonly FieldProblem[] }
  | { readonly problems: readonly FieldProblem[] }

type Secrets = Readonly<Record<string, string>>

/** Judges zones, sites and transfers among all others. What an answer tells beside them is passed over. */
export class Checks {
  readonly #services: Pick<Services, 'store' | 'inForce' | 'transfers'>

  constructor(services: Pick<Services, 'store' | 'inForce' | 'transfers'>) {
    this.#services = services
  }

  /** @param secrets - as they will be once it is saved */
  async zone(input: object, { zones, sites }: Partners, secrets: Secrets): Promise<Checked<Zone>> {
    // The engine and all that it needs is loaded where there is something to judge.
    const { checkZone } = await import('@portolan/transfers')
    return checkZone(ownFields(zone, input), {
      zones: zones.map(({ value }) => value),
      sites: sites.map(({ value }) => value),
      ...(secrets.password !== undefined && { password: secrets.password }),
    })
  }

  /** @param secrets - as they will be once it is saved */
  async site(input: object, { zones }: Partners, secrets: Secrets): Promise<Checked<Site>> {
    const { checkSite } = await import('@portolan/transfers')
    const fields = ownFields(site, input)
    const owner = site.shape.owner.safeParse(fields.owner).data
    return checkSite(fields, {
      zones: zones.map(({ value }) => value),
      activePorts: activePortsOf(this.#services.inForce()),
      ...(owner && { owners: await this.#owners(owner) }),
      secrets,
    })
  }

  async transfer(input: object, { zones, sites, transfers }: Partners): Promise<Checked<Transfer>> {
    const { checkTransfer } = await import('@portolan/transfers')
    const fields = ownFields(transfer, input)
    const checked = checkTransfer(fields, {
      zones: zones.map(({ value }) => value),
      sites: sites.map(({ value }) => value),
      transfers: transfers.map(({ value }) => value),
      programs: Object.keys(this.#services.inForce().transfers.programs),
      users: await this.#usersNamedIn(fields),
    })
    if ('problems' in checked) return checked
    const { problems, warnings } = await placeProblems(checked.value, this.#services.transfers)
    if (problems.length > 0) return { problems }
    return { value: checked.value, warnings: [...checked.warnings, ...warnings] }
  }

  /** Those of the users that a transfer names who are there. */
  async #usersNamedIn(fields: Record<string, unknown>): Promise<string[]> {
    const parsed = transfer.safeParse(fields)
    if (!parsed.success) return []
    const named = placesOf(parsed.data).flatMap(({ place }) => ('user' in place ? [place.user] : []))
    const found: string[] = []
    for (const name of new Set(named)) if (await this.#isUser(name)) found.push(name)
    return found
  }

  /** Users may be many: the one that is named is looked up. */
  async #owners({ kind, name }: NonNullable<Site['owner']>) {
    const { store, inForce } = this.#services
    if (kind === 'user') return { users: (await this.#isUser(name)) ? [name] : [], groups: [] }
    const stored = await store.groups.all()
    return { users: [], groups: [...stored, ...inForce().groups].map(group => group.name) }
  }

  async #isUser(name: string): Promise<boolean> {
    const { store, inForce } = this.#services
    return inForce().users.some(user => user.name === name) || (await store.users.get(name)) !== undefined
  }
}

function ownFields(schema: z.ZodObject, input: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).filter(([key, value]) => key in schema.shape && value !== undefined),
  )
}

/** What is told of something that is saved already. What was right once and is a mistake now is told as well. */
export function findingsOf(checked: Checked<unknown>): FieldProblem[] {
  return [...('problems' in checked ? checked.problems : checked.warnings)]
}
