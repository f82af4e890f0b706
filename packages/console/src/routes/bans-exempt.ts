import { exemptNetworks } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { changeNoted } from '../resources/settings/noted.ts'

/** The allow list: who is never banned. */
export const bansExemptRoutes = (services: Services): Route[] => {
  const inForce = () => ({
    base: services.settings.view().version,
    networks: services.inForce().bans.exempt,
  })
  return [
    defineRoute({
      method: 'GET',
      path: '/bans/exempt',
      access: 'bans:read',
      summary: 'Addresses and networks that are never banned',
      tag: 'bans',
      response: exemptNetworks,
      handle: async () => inForce(),
    }),
    defineRoute({
      method: 'PUT',
      path: '/bans/exempt',
      access: 'bans:write',
      summary: 'Replace the addresses and networks that are never banned',
      tag: 'bans',
      body: exemptNetworks,
      response: exemptNetworks,
      handle: async ask => {
        const { base, networks } = ask.body
        await changeNoted(services, ask, { base, changes: [{ path: 'bans.exempt', value: networks }] })
        return inForce()
      },
    }),
  ]
}
