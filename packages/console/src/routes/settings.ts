import { settingsJsonSchema } from '@portolan/settings'
import { z } from 'zod'
import {
  explainedSetting,
  logPageOf,
  pageOf,
  pageQuery,
  settingsChangeBody,
  settingsPreview,
  settingsSchemaView,
  settingsVersion,
  settingsVersionDetail,
  settingsView,
} from '../contract/index.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'
import { pageInMemory } from '../resources/in-memory.ts'
import { changeNoted, revertNoted } from '../resources/settings/noted.ts'

const number = z.coerce.number().int().min(0).max(2_147_483_647)
const byVersion = z.object({ version: number })
const versionsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: number.optional().describe('`next` of the page before.'),
})

/** The settings: what is in force and why, changes, versions. */
export const settingsRoutes = (services: Services): Route[] => {
  const { settings } = services
  return [
    defineRoute({
      method: 'GET',
      path: '/settings',
      access: 'settings:read',
      summary: 'The settings in force, with where each comes from',
      tag: 'settings',
      response: settingsView,
      handle: async () => settings.view(),
    }),
    defineRoute({
      method: 'GET',
      path: '/settings/schema',
      access: 'settings:read',
      summary: 'The schema of the settings as JSON Schema',
      tag: 'settings',
      response: settingsSchemaView,
      handle: async () => settingsJsonSchema(),
    }),
    defineRoute({
      method: 'GET',
      path: '/settings/explain',
      access: 'settings:read',
      summary: 'Every setting with its value, its origin and what it is for, by page',
      tag: 'settings',
      query: pageQuery(['schema', 'path', 'origin']),
      response: pageOf(explainedSetting),
      async handle({ query }) {
        const all = settings.explain().map((one, place) => ({ one, place }))
        const { items, total } = pageInMemory(all, query, {
          sortBy: ({ one, place }, sort) => (sort === 'schema' ? place : one[sort]),
          texts: ({ one: { path, value, description } }) => [path, value, description],
        })
        return { items: items.map(({ one }) => one), total }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/settings/preview',
      access: 'settings:read',
      summary: 'What a change would do',
      tag: 'settings',
      body: settingsChangeBody,
      response: settingsPreview,
      unaudited: true,
      handle: async ({ body }) => settings.preview(body),
    }),
    defineRoute({
      method: 'PATCH',
      path: '/settings',
      access: 'settings:write',
      summary: 'Change settings: checked as a whole, in force at once for what comes from now on',
      tag: 'settings',
      body: settingsChangeBody,
      response: settingsView,
      handle: async ask => changeNoted(services, ask, ask.body),
    }),
    defineRoute({
      method: 'GET',
      path: '/settings/versions',
      access: 'settings:read',
      summary: 'Versions of the settings, newest first',
      tag: 'settings',
      query: versionsQuery,
      response: logPageOf(settingsVersion),
      async handle({ query: { limit, before } }) {
        const items = await settings.versions({ limit, ...(before !== undefined && { before }) })
        const last = items.at(-1)
        const more = items.length === limit && last !== undefined && last.version > 1
        return { items: [...items], ...(more && { next: String(last.version) }) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/settings/versions/:version',
      access: 'settings:read',
      summary: 'A version of the settings, with what differs from the one before',
      tag: 'settings',
      params: byVersion,
      response: settingsVersionDetail,
      handle: async ({ params }) => settings.version(params.version),
    }),
    defineRoute({
      method: 'POST',
      path: '/settings/versions/:version/preview-revert',
      access: 'settings:read',
      summary: 'What going back to a version would do',
      tag: 'settings',
      params: byVersion,
      response: settingsPreview,
      unaudited: true,
      handle: async ({ params }) => settings.previewRevert(params.version),
    }),
    defineRoute({
      method: 'POST',
      path: '/settings/versions/:version/revert',
      access: 'settings:write',
      summary: 'Go back to a version: its state becomes the newest',
      tag: 'settings',
      params: byVersion,
      body: settingsChangeBody.pick({ base: true }),
      response: settingsView,
      handle: async ask => revertNoted(services, ask, { version: ask.params.version, base: ask.body.base }),
    }),
  ]
}
