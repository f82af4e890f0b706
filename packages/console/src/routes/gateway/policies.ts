import {
  accessDecision,
  accessPolicyView,
  accessPolicyWrite,
  forwardingPolicyView,
  forwardingPolicyWrite,
  whyBody,
} from '../../contract/index.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import type { Checks } from '../../resources/access/checks.ts'
import { PoliciesService } from '../../resources/access/policies-service.ts'
import { whyDecided } from '../../resources/access/why.ts'
import { actorOf } from '../../resources/actor.ts'
import { asJson } from '../../resources/users/user-view.ts'

/** The client forwarding policy, the access policy, and what they decide. */
export const gatewayPoliciesRoutes = (services: Services, checks: Checks): Route[] => {
  const policies = new PoliciesService(services, checks)
  return [
    defineRoute({
      method: 'GET',
      path: '/access/forwarding-policy',
      access: 'access:read',
      summary: 'The client forwarding policy, in its order',
      tag: 'access',
      response: forwardingPolicyView,
      handle: () => policies.forwarding(),
    }),
    defineRoute({
      method: 'PUT',
      path: '/access/forwarding-policy',
      access: 'access:write',
      summary: 'Replace the client forwarding policy, all of its rules',
      tag: 'access',
      body: forwardingPolicyWrite,
      response: forwardingPolicyView,
      async handle(ask) {
        const { before, after } = await policies.replaceForwarding(ask.body, actorOf(ask))
        const rules = asJson({ rules: after.rules })
        ask.audit({ action: 'access.forwarding-policy.change', target: 'forwarding', before, after: rules })
        return after
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/access/access-policy',
      access: 'access:read',
      summary: 'The access policy, in its order',
      tag: 'access',
      response: accessPolicyView,
      handle: () => policies.access(),
    }),
    defineRoute({
      method: 'PUT',
      path: '/access/access-policy',
      access: 'access:write',
      summary: 'Replace the access policy, all of its rules',
      tag: 'access',
      body: accessPolicyWrite,
      response: accessPolicyView,
      async handle(ask) {
        const { before, after } = await policies.replaceAccess(ask.body, actorOf(ask))
        const rules = asJson({ rules: after.rules })
        ask.audit({ action: 'access.access-policy.change', target: 'access', before, after: rules })
        return after
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/access/why',
      access: 'access:read',
      summary: 'Try it: what would become of a connection, and why',
      tag: 'access',
      body: whyBody,
      response: accessDecision,
      unaudited: true,
      handle: ({ body }) => whyDecided(services, body),
    }),
  ]
}
