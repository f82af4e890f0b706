import type { z } from 'zod'
import {
  type AddressRule,
  addressRules,
  addressRulesAction,
  passivePreview,
  passivePreviewBody,
} from '../contract/index.ts'
import { Problem } from '../http/problem.ts'
import { type Ask, defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { changeNoted } from '../resources/settings/noted.ts'
import { PassivePreviewer } from '../resources/settings/passive-preview.ts'

/** Which address PASV tells whom. */
export const addressRulesRoutes = (services: Services): Route[] => {
  const previewer = new PassivePreviewer(services)
  const inForce = () => ({
    base: services.settings.view().version,
    rules: services.inForce().passive.addressRules,
  })
  const save = async (
    ask: Pick<Ask<unknown, unknown, unknown>, 'audit' | 'principal'>,
    { base, rules }: z.output<typeof addressRules>,
  ) => {
    const changes = [{ path: 'passive.addressRules', value: rules }]
    await changeNoted(services, ask, { base, changes })
    return inForce()
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/passive/address-rules',
      access: 'settings:read',
      summary: 'The passive mode address rules in force, in their order',
      tag: 'settings',
      response: addressRules,
      handle: async () => inForce(),
    }),
    defineRoute({
      method: 'PUT',
      path: '/passive/address-rules',
      access: 'settings:write',
      summary: 'Replace the passive mode address rules',
      tag: 'settings',
      body: addressRules,
      response: addressRules,
      handle: async ask => save(ask, ask.body),
    }),
    defineRoute({
      method: 'POST',
      path: '/passive/address-rules/actions',
      access: 'settings:write',
      summary: 'Enable, disable or delete rules',
      tag: 'settings',
      body: addressRulesAction,
      response: addressRules,
      handle: async ask => {
        const { base, action, places } = ask.body
        const rules = applied(services.inForce().passive.addressRules, action, places)
        return save(ask, { base, rules })
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/passive/preview',
      access: 'settings:read',
      summary: 'What a client would be told in the answer to PASV, and why',
      tag: 'settings',
      body: passivePreviewBody,
      response: passivePreview,
      unaudited: true,
      handle: async ({ body }) => previewer.preview(body),
    }),
  ]
}

/** @throws {Problem} 422 for a place where no rule is */
function applied(
  rules: readonly AddressRule[],
  action: z.output<typeof addressRulesAction>['action'],
  places: readonly number[],
): AddressRule[] {
  const errors = places.flatMap((place, index) => {
    if (place < rules.length) return []
    return [
      { path: `places[${index}]`, message: `there are ${rules.length} rules, and none at place ${place}` },
    ]
  })
  const [first] = errors
  if (first) throw new Problem(422, 'SETTINGS_INVALID', `${first.path}: ${first.message}`, errors)
  const chosen = new Set(places)
  if (action === 'delete') return rules.filter((_, place) => !chosen.has(place))
  return rules.map((rule, place) => (chosen.has(place) ? { ...rule, enabled: action === 'enable' } : rule))
}
