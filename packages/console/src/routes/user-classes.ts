import { userClasses, userClassTried, userClassTryBody } from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { checkDraft } from '../resources/settings/draft-check.ts'
import { changeNoted } from '../resources/settings/noted.ts'
import { addressOf } from '../resources/settings/passive-preview.ts'
import { classOf } from '../resources/settings/user-class.ts'

/** User classes. */
export const userClassesRoutes = (services: Services): Route[] => {
  const inForce = () => ({
    base: services.settings.view().version,
    classes: services.inForce().userClasses,
  })
  return [
    defineRoute({
      method: 'GET',
      path: '/user-classes',
      access: 'settings:read',
      summary: 'The user classes in force, in their order',
      tag: 'settings',
      response: userClasses,
      handle: async () => inForce(),
    }),
    defineRoute({
      method: 'PUT',
      path: '/user-classes',
      access: 'settings:write',
      summary: 'Replace the user classes',
      tag: 'settings',
      body: userClasses,
      response: userClasses,
      handle: async ask => {
        const { base, classes } = ask.body
        await changeNoted(services, ask, { base, changes: [{ path: 'userClasses', value: classes }] })
        return inForce()
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/user-classes/try',
      access: 'settings:read',
      summary: 'Which class a user from an address is of, and why',
      tag: 'settings',
      body: userClassTryBody,
      response: userClassTried,
      unaudited: true,
      handle: async ({ body: { user, classes, ...body } }) => {
        const address = addressOf('address', body.address)
        if (classes) checkDraft({ userClasses: classes }, { path: 'userClasses', field: 'classes' })
        const found = await classOf(services, { user, address }, classes)
        return { ...found, groups: [...found.groups] }
      },
    }),
  ]
}
