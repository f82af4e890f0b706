import { accessOverview as overviewView } from '../../contract/index.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import { Checks } from '../../resources/access/checks.ts'
import { accessOverview } from '../../resources/access/overview.ts'
import { gatewayKeysRoutes } from './keys.ts'
import { gatewayMembersRoutes } from './members.ts'
import { gatewayPeopleRoutes } from './people.ts'
import { gatewayPoliciesRoutes } from './policies.ts'
import { gatewayStreamsRoutes } from './streams.ts'
import { gatewayThingsRoutes } from './things.ts'

/** Zero-trust access. */
export const gatewayRoutes = (services: Services): Route[] => {
  const checks = new Checks(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/access/overview',
      access: 'access:read',
      summary: 'Zero-trust access at a glance, and what stands in the way of the first connection',
      tag: 'access',
      response: overviewView,
      handle: () => accessOverview(services),
    }),
    ...gatewayThingsRoutes(services, checks),
    ...gatewayPoliciesRoutes(services, checks),
    ...gatewayKeysRoutes(services, checks),
    ...gatewayMembersRoutes(services),
    ...gatewayStreamsRoutes(services),
    ...gatewayPeopleRoutes(services),
  ]
}
