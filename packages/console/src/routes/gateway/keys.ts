import { z } from 'zod'
import {
  accessListQuery,
  agentInvitation,
  pageOf,
  provisioningKeyChange,
  provisioningKeyCreate,
  provisioningKeyCreated,
  provisioningKeyView,
} from '../../contract/index.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import type { Checks } from '../../resources/access/checks.ts'
import { invitationText } from '../../resources/access/invitation-text.ts'
import { KeysService } from '../../resources/access/keys-service.ts'
import { startCommand } from '../../resources/access/start-command.ts'
import { actorOf } from '../../resources/actor.ts'
import { asJson } from '../../resources/users/user-view.ts'

const byName = z.object({ name: z.string().max(64) })

/** Provisioning keys, and what agents are started with. */
export const gatewayKeysRoutes = (services: Services, checks: Checks): Route[] => {
  const keys = new KeysService(services, checks)
  return [
    defineRoute({
      method: 'GET',
      path: '/access/keys',
      access: 'access:read',
      summary: 'Provisioning keys, by page',
      tag: 'access',
      query: accessListQuery,
      response: pageOf(provisioningKeyView),
      async handle({ query: { offset, limit, sort, order, search } }) {
        return keys.page({ offset, limit, sort, descending: order === 'desc', ...(search && { search }) })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/access/keys',
      access: 'access:write',
      summary: 'Make a provisioning key; its invitation is shown this once',
      tag: 'access',
      body: provisioningKeyCreate,
      response: provisioningKeyCreated,
      status: 201,
      async handle(ask) {
        const made = await keys.create(ask.body, actorOf(ask))
        const {
          invitation: _i,
          command: _c,
          uses: _u,
          state: _s,
          createdAt: _a,
          createdBy: _b,
          ...key
        } = made
        ask.audit({ action: 'access.key.create', target: made.name, after: asJson(key) })
        return made
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/access/keys/:name',
      access: 'access:write',
      summary: 'Change a provisioning key: whether, until when and from where it may be used',
      tag: 'access',
      params: byName,
      body: provisioningKeyChange,
      response: provisioningKeyView,
      async handle(ask) {
        const { before, after } = await keys.change(ask.params.name, ask.body, actorOf(ask))
        const { uses: _u, state: _s, createdAt: _a, createdBy: _b, ...key } = after
        ask.audit({ action: 'access.key.change', target: after.name, before, after: asJson(key) })
        return after
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/access/keys/:name',
      access: 'access:write',
      summary: 'Delete a provisioning key; who has enrolled with it stays',
      tag: 'access',
      params: byName,
      async handle(ask) {
        const gone = await keys.remove(ask.params.name)
        ask.audit({ action: 'access.key.delete', target: gone.name, before: gone.document })
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/access/agent-invitation',
      access: 'access:read',
      summary: 'What agents are started with; it holds no secret',
      tag: 'access',
      response: agentInvitation,
      async handle() {
        const controller = services.access.controller()
        const invitation = await invitationText(controller, { kind: 'agent' })
        return { invitation, command: startCommand('agent', invitation), authority: controller.authority }
      },
    }),
  ]
}
