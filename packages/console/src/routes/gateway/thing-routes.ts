import { z } from 'zod'
import { accessListQuery, pageOf } from '../../contract/index.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import type { AccessDocs, Stored } from '../../resources/access/access-docs.ts'
import { recentAccessDocs } from '../../resources/access/access-docs.ts'
import { type ThingKind, Things, type ThingWrite } from '../../resources/access/things.ts'
import { actorOf } from '../../resources/actor.ts'

const byName = z.object({ name: z.string().max(64) })

/** What the five routes of a kind of things need. */
export interface ThingRoutes<T extends { readonly name: string }, View extends { readonly name: string }> {
  readonly path: string
  /** What one is called, and several: `an application segment`, `Application segments`. */
  readonly one: string
  readonly many: string
  /** The first word of its audit notes, such as `access.segment`. */
  readonly audit: string
  readonly kind: ThingKind<T>
  readonly view: z.ZodType<View>
  readonly write: z.ZodType<ThingWrite>
  /** What is told beside the thing itself. */
  tell(stored: Stored<T>, docs: AccessDocs): object | Promise<object>
}

/** List, make, read, replace and delete things of a kind. */
export function thingRoutes<T extends { readonly name: string }, View extends { readonly name: string }>(
  services: Services,
  of: ThingRoutes<T, View>,
): Route[] {
  const things = new Things(services, of.kind)
  const viewOf = async (stored: Stored<T>): Promise<unknown> => {
    const docs = await recentAccessDocs(services.store)
    const { revision, changedAt, changedBy } = stored.row
    const warnings = await things.warnings(stored, docs)
    return { ...stored.value, revision, changedAt, changedBy, warnings, ...(await of.tell(stored, docs)) }
  }
  const byPath = `${of.path}/:name`
  return [
    defineRoute({
      method: 'GET',
      path: of.path,
      access: 'access:read',
      summary: `${of.many}, by page`,
      tag: 'access',
      query: accessListQuery,
      response: pageOf(of.view),
      async handle({ query: { offset, limit, sort, order, search } }) {
        const ask = { offset, limit, sort, descending: order === 'desc', ...(search && { search }) }
        const { items, total } = await things.page(ask)
        return { items: await Promise.all(items.map(viewOf)), total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: of.path,
      access: 'access:write',
      summary: `Make ${of.one}`,
      tag: 'access',
      body: of.write,
      response: of.view,
      status: 201,
      async handle(ask) {
        const made = await things.create(ask.body, actorOf(ask))
        ask.audit({ action: `${of.audit}.create`, target: made.value.name, after: things.own(made.value) })
        return viewOf(made)
      },
    }),
    defineRoute({
      method: 'GET',
      path: byPath,
      access: 'access:read',
      summary: `Read ${of.one}`,
      tag: 'access',
      params: byName,
      response: of.view,
      handle: async ({ params }) => viewOf(await things.get(params.name)),
    }),
    defineRoute({
      method: 'PUT',
      path: byPath,
      access: 'access:write',
      summary: `Replace ${of.one}`,
      tag: 'access',
      params: byName,
      body: of.write,
      response: of.view,
      async handle(ask) {
        const { before, after } = await things.replace(ask.params.name, ask.body, actorOf(ask))
        ask.audit({
          action: `${of.audit}.change`,
          target: after.value.name,
          before: things.own(before),
          after: things.own(after.value),
        })
        return viewOf(after)
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: byPath,
      access: 'access:write',
      summary: `Delete ${of.one} that nothing uses`,
      tag: 'access',
      params: byName,
      async handle(ask) {
        const gone = await things.remove(ask.params.name)
        ask.audit({ action: `${of.audit}.delete`, target: gone.name, before: gone.document })
      },
    }),
  ]
}
