import { z } from 'zod'
import {
  pageOf,
  siteListBody,
  siteListing,
  sitesQuery,
  siteTest,
  siteView,
  siteWrite,
} from '../contract/index.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { auditOfSite } from '../resources/partners/audit.ts'
import { secretText } from '../resources/partners/secrets.ts'
import { type SiteDraft, SitesService } from '../resources/partners/sites-service.ts'
import { asJson } from '../resources/users/user-view.ts'

const byName = z.object({ name: z.string().max(64) })

/** Transfer sites: partners' servers. Secrets go in, and never out. */
export const sitesRoutes = (services: Services): Route[] => {
  const sites = new SitesService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/sites',
      access: 'transfers:read',
      summary: 'Transfer sites, by page',
      tag: 'sites',
      query: sitesQuery,
      response: pageOf(siteView),
      async handle({ query: { offset, limit, sort, order, search } }) {
        const ask = { offset, limit, sort, descending: order === 'desc', ...(search && { search }) }
        const { items, total } = await services.store.initiated.sites.list(ask)
        return { items: await sites.views(items), total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/sites',
      access: 'transfers:write',
      summary: 'Make a transfer site',
      tag: 'sites',
      body: siteWrite,
      response: siteView,
      status: 201,
      async handle(ask) {
        const made = await sites.create(ask.body, actorOf(ask))
        const text = secretText(ask.body.secrets ?? {})
        ask.audit({ action: 'site.create', target: made.name, after: auditOfSite(made), text })
        return made
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/sites/test',
      // Whoever may try the secrets of a site elsewhere may as well change the site.
      access: 'transfers:write',
      summary:
        'Test the connection to a site that is not saved; secrets that are left out are those of the saved one',
      tag: 'sites',
      body: siteWrite,
      response: siteTest,
      handle: async ask => tested(services, ask, await sites.draft(ask.body)),
    }),
    defineRoute({
      method: 'GET',
      path: '/sites/:name',
      access: 'transfers:read',
      summary: 'A transfer site',
      tag: 'sites',
      params: byName,
      response: siteView,
      handle: ({ params }) => sites.get(params.name),
    }),
    defineRoute({
      method: 'PUT',
      path: '/sites/:name',
      access: 'transfers:write',
      summary: 'Replace a transfer site; secrets stay when they are left out',
      tag: 'sites',
      params: byName,
      body: siteWrite,
      response: siteView,
      async handle(ask) {
        const { before, after } = await sites.replace(ask.params.name, ask.body, actorOf(ask))
        ask.audit({
          action: 'site.change',
          target: after.name,
          before: asJson(before),
          after: auditOfSite(after),
          text: secretText(ask.body.secrets ?? {}),
        })
        return after
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/sites/:name',
      access: 'transfers:write',
      summary: 'Delete a transfer site that no transfer uses, with its secrets',
      tag: 'sites',
      params: byName,
      async handle(ask) {
        const gone = await sites.remove(ask.params.name)
        ask.audit({ action: 'site.delete', target: gone.name, before: asJson(gone) })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/sites/:name/test',
      access: 'transfers:run',
      summary: 'Test the connection to a site: the doctor tries every way, within a minute',
      tag: 'sites',
      params: byName,
      response: siteTest,
      handle: async ask => tested(services, ask, await sites.saved(ask.params.name)),
    }),
    defineRoute({
      method: 'POST',
      path: '/sites/:name/list',
      access: 'transfers:run',
      summary: 'List a folder of a site',
      tag: 'sites',
      params: byName,
      body: siteListBody,
      response: siteListing,
      unaudited: true,
      async handle(ask) {
        const draft = await sites.saved(ask.params.name)
        const { listSite } = await import('../resources/partners/site-tries.ts')
        return listSite(services, draft, ask.body.folder)
      },
    }),
  ]
}

/** Tries a site. That it was tried is noted: it is a connection of this server to somewhere. */
async function tested(
  services: Services,
  ask: Pick<Ask<unknown, unknown, unknown>, 'audit'>,
  draft: SiteDraft,
) {
  // The doctor is large, and rarely asked.
  const { testSite } = await import('../resources/partners/site-tries.ts')
  const result = await testSite(services, draft)
  const { name, host } = draft.site
  ask.audit({ action: 'site.test', target: name, text: `${host}: ${result.summary}` })
  return result
}
