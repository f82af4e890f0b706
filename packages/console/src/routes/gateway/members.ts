import { z } from 'zod'
import type { MemberView } from '../../contract/index.ts'
import { memberChange, membersQuery, memberView, pageOf } from '../../contract/index.ts'
import { checkAccess } from '../../http/access.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { Services } from '../../node/services.ts'
import { MembersService } from '../../resources/access/members-service.ts'
import { asJson } from '../../resources/users/user-view.ts'

const byId = z.object({ id: z.string().max(64) })

/** Edges, connectors and agents. */
export const gatewayMembersRoutes = (services: Services): Route[] => {
  const members = new MembersService(services)
  return [
    defineRoute({
      method: 'GET',
      path: '/access/members',
      access: 'access:read',
      summary: 'Edges, connectors and agents, by page, with where they are connected',
      tag: 'access',
      query: membersQuery,
      response: pageOf(memberView),
      handle: ({ query }) => members.page(query),
    }),
    defineRoute({
      method: 'GET',
      path: '/access/members/:id',
      access: 'access:read',
      summary: 'An edge, a connector or an agent',
      tag: 'access',
      params: byId,
      response: memberView,
      handle: async ({ params }) => members.view(await members.get(params.id)),
    }),
    defineRoute({
      method: 'PATCH',
      path: '/access/members/:id',
      // To take one out of service and back is an operator's; the rest asks for more.
      access: 'access:run',
      summary: 'Drain a member, or change its name, group or whether it is enabled (access:write)',
      tag: 'access',
      params: byId,
      body: memberChange,
      response: memberView,
      async handle(ask) {
        const { draining: _draining, ...more } = ask.body
        if (Object.values(more).some(value => value !== undefined)) checkAccess('access:write', ask.principal)
        const { before, after } = await members.change(ask.params.id, ask.body)
        ask.audit({
          action: 'access.member.change',
          target: targetOf(after),
          before: changeable(before),
          after: changeable(after),
        })
        return after
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/access/members/:id/revoke',
      access: 'access:write',
      summary: 'Revoke a member: it is cut off at once, and never comes back',
      tag: 'access',
      params: byId,
      response: memberView,
      async handle(ask) {
        const gone = await members.revoke(ask.params.id)
        ask.audit({ action: 'access.member.revoke', target: targetOf(gone), before: changeable(gone) })
        return gone
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/access/members/:id',
      access: 'access:write',
      summary: 'Delete a member that was revoked',
      tag: 'access',
      params: byId,
      async handle(ask) {
        const view = members.view(await members.remove(ask.params.id))
        ask.audit({ action: 'access.member.delete', target: targetOf(view), before: changeable(view) })
      },
    }),
  ]
}

const targetOf = ({ kind, name, user }: MemberView) =>
  `${kind} ${name}${user === undefined ? '' : ` of ${user}`}`

const changeable = ({ id, name, description, enabled, draining, connectorGroup }: MemberView) =>
  asJson({ id, name, description, enabled, draining, connectorGroup })
