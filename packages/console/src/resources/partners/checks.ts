import { type Site, site, type Transfer, transfer, type Zone, zone } from '@portolan/transfers/model'
import type { z } from 'zod'
import type { FieldProblem } from '../../contract/index.ts'
import { fieldProblems } from '../../http/field-problems.ts'
import type { Services } from '../../node/services.ts'
import { activePortsOf } from './active-ports.ts'
import type { Partners } from './partners.ts'

/** What a check found: a value that may be saved, with what a person should know of it; or every mistake at once. */
export type Checked<T> =
  | { readonly value: T; readonly warnings: readonly FieldProblem[] }
  | { readonly problems: readonly FieldProblem[] }

type Secrets = Readonly<Record<string, string>>

/** Judges zones, sites and transfers among all others. What an answer tells beside them is passed over. */
export class Checks {
  readonly #services: Pick<Services, 'store' | 'inForce'>

  constructor(services: Pick<Services, 'store' | 'inForce'>) {
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

  async transfer(input: object, _partners: Partners): Promise<Checked<Transfer>> {
    const parsed = transfer.safeParse(ownFields(transfer, input))
    return parsed.success
      ? { value: parsed.data, warnings: [] }
      : { problems: fieldProblems(parsed.error.issues) }
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
