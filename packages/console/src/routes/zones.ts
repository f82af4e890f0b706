import { z } from 'zod'
import { zoneView, zoneWrite } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { actorOf } from '../resources/actor.ts'
import { auditOfZone } from '../resources/partners/audit.ts'
import { secretText } from '../resources/partners/secrets.ts'
import { ZonesService } from '../resources/partners/zones-service.ts'
import { asJson } from '../resources/users/user-view.ts'

const byName = z.object({ name: z.string().max(64) })

/** Network zones: how connections to partners leave. */
export const zonesRoutes = (services: Services): Route[] => {
  const zones = new ZonesService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/zones',
      access: 'transfers:read',
      summary: 'Network zones, all of them',
      tag: 'zones',
      response: z.object({ items: z.array(zoneView) }),
      handle: async () => ({ items: await zones.all() }),
    }),
    defineRoute({
      method: 'POST',
      path: '/zones',
      access: 'transfers:write',
      summary: 'Make a network zone',
      tag: 'zones',
      body: zoneWrite,
      response: zoneView,
      status: 201,
      async handle(ask) {
        const made = await zones.create(ask.body, actorOf(ask))
        const text = secretText({ password: ask.body.password })
        ask.audit({ action: 'zone.create', target: made.name, after: auditOfZone(made), text })
        return made
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/zones/:name',
      access: 'transfers:write',
      summary: 'Replace a network zone; the password stays when it is left out',
      tag: 'zones',
      params: byName,
      body: zoneWrite,
      response: zoneView,
      async handle(ask) {
        const { before, after } = await zones.replace(ask.params.name, ask.body, actorOf(ask))
        ask.audit({
          action: 'zone.change',
          target: after.name,
          before: asJson(before),
          after: auditOfZone(after),
          text: secretText({ password: ask.body.password }),
        })
        return after
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/zones/:name',
      access: 'transfers:write',
      summary: 'Delete a network zone that no site uses',
      tag: 'zones',
      params: byName,
      async handle(ask) {
        const gone = await zones.remove(ask.params.name)
        ask.audit({ action: 'zone.delete', target: gone.name, before: asJson(gone) })
      },
    }),
  ]
}
