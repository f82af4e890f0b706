import type { Document, Documents } from '@portolan/store'
import type { z } from 'zod'
import type { FieldProblem } from '../../contract/index.ts'
import { Problem } from '../../http/problem.ts'
import type { Services } from '../../node/services.ts'
import { demandName, invalid, type Kind, missing, told, used } from '../partners/store-words.ts'
import { asJson } from '../users/user-view.ts'
import { type AccessDocs, readAccessDocs, type Stored } from './access-docs.ts'

/** What a check found: a value that may be saved, with what a person should know of it; or every mistake at once. */
export type Checked<T> =
  | { readonly value: T; readonly warnings: readonly FieldProblem[] }
  | { readonly problems: readonly FieldProblem[] }

/** A kind of things that have names: segments, groups, publications. */
export interface ThingKind<T extends { readonly name: string }> {
  readonly kind: Kind
  readonly schema: z.ZodObject & z.ZodType<T>
  table(access: Services['store']['access']): Documents
  check(fields: Readonly<Record<string, unknown>>, docs: AccessDocs): Promise<Checked<T>>
  /** Who would miss it, with what they are: `the segment Reports`. */
  usedBy(name: string, docs: AccessDocs): Promise<readonly string[]>
}

/** What is written of a thing, beside what it has for itself. */
export interface ThingWrite {
  readonly name: string
  readonly revision?: number | undefined
}

/** Things of a kind: checked among all others, and saved. */
export class Things<T extends { readonly name: string }> {
  readonly #store: Services['store']
  readonly #of: ThingKind<T>

  constructor({ store }: Pick<Services, 'store'>, of: ThingKind<T>) {
    this.#store = store
    this.#of = of
  }

  /** Those that a page of the store has; what another version stored and this one cannot read is told of by {@link get} alone. */
  async page(ask: Parameters<Documents['list']>[0]): Promise<{ items: Stored<T>[]; total: number }> {
    const { items, total } = await this.#table.list(ask)
    return {
      items: items.flatMap(row => {
        const { success, data } = this.#of.schema.safeParse(row.document)
        return success ? [{ value: data, row }] : []
      }),
      total,
    }
  }

  /** @throws {Problem} 404, 409 for one that this version cannot read */
  async get(name: string): Promise<Stored<T>> {
    const { kind, schema } = this.#of
    const row = await this.#table.get(name)
    if (!row) throw missing(kind, name)
    const parsed = schema.safeParse(row.document)
    if (parsed.success) return { value: parsed.data, row }
    throw unreadable(kind, row, parsed.error)
  }

  /** @throws {Problem} 409 when the name is taken, 422 with every mistake */
  async create(write: ThingWrite, actor: string): Promise<Stored<T>> {
    const value = await this.#checked(write)
    const row = await told(this.#of.kind, value.name, () =>
      this.#table.create(value.name, asJson(value), { by: actor }),
    )
    return { value, row }
  }

  /** @throws {Problem} 404, 409 when there is a newer revision, 422 */
  async replace(name: string, write: ThingWrite, actor: string): Promise<{ before: T; after: Stored<T> }> {
    const { kind } = this.#of
    const { value: before } = await this.get(name)
    demandName(kind, name, write.name)
    const value = await this.#checked(write)
    const base = write.revision === undefined ? {} : { base: write.revision }
    const row = await told(kind, name, () => this.#table.replace(name, asJson(value), { by: actor, ...base }))
    return { before, after: { value, row } }
  }

  /** @throws {Problem} 404, 409 with those that use it */
  async remove(name: string): Promise<Document> {
    const { kind } = this.#of
    const row = await this.#table.get(name)
    if (!row) throw missing(kind, name)
    const users = await this.#of.usedBy(name, await readAccessDocs(this.#store))
    if (users.length > 0) throw used(kind, name, users)
    if (!(await this.#table.remove(name))) throw missing(kind, name)
    return row
  }

  /** What is to be known of one that is saved. What was right once and is a mistake now is told as well. */
  async warnings({ value }: Stored<T>, docs: AccessDocs): Promise<FieldProblem[]> {
    const checked = await this.#of.check(ownFields(this.#of.schema, value), docs)
    return [...('problems' in checked ? checked.problems : checked.warnings)]
  }

  /** What the audit log keeps. */
  own(value: object) {
    return asJson(ownFields(this.#of.schema, value))
  }

  get #table(): Documents {
    return this.#of.table(this.#store.access)
  }

  async #checked(write: ThingWrite): Promise<T> {
    const fields = ownFields(this.#of.schema, write)
    const checked = await this.#of.check(fields, await readAccessDocs(this.#store))
    if ('problems' in checked) throw invalid(this.#of.kind, write.name, checked.problems)
    return checked.value
  }
}

/** What is the thing's own, without what answers tell beside it. */
export function ownFields(schema: z.ZodObject, input: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(input).filter(([key, value]) => key in schema.shape && value !== undefined),
  )
}

function unreadable({ code, word }: Kind, { name }: Document, { issues }: z.ZodError): Problem {
  const [issue] = issues
  const where = issue === undefined ? '' : `: ${issue.path.join('.')} ${issue.message}`
  const text = `the ${word} ${name} was stored by another version and cannot be read${where}; delete it and make it anew`
  return new Problem(409, `${code}_UNREADABLE`, text)
}
