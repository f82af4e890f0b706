import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import type { Scope } from '../../contract/index.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { startTestApp, type TestApp } from '../../http/testing-app.ts'
import type { Services } from '../../node/services.ts'
import { stillMay } from './still-may.ts'

/** What happens while the request goes on. */
let meanwhile: (services: Services) => Promise<unknown> = async () => {}
let scopes: ReadonlySet<Scope> = new Set()

const probe = (services: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/probe',
    access: 'signed-in',
    summary: 'Whether one may go on',
    tag: 'test',
    response: z.object({ may: z.boolean() }),
    async handle(ask) {
      await meanwhile(services)
      return { may: await stillMay(services, ask, scopes) }
    },
  }),
]

let app: TestApp
before(async () => {
  app = await startTestApp({ routes: probe })
  await app.makeAdministrator('administrator', 'other')
})
after(() => app[Symbol.asyncDispose]())

const remove = (name: string) => (services: Services) =>
  services.store.webSessions.removeAll('administrator', name)

for (const { title, role, needs, happens, may } of [
  { title: 'nothing happens', role: 'operator', needs: ['logs:read'], happens: async () => {}, may: true },
  {
    title: 'a scope was never there',
    role: 'operator',
    needs: ['settings:write'],
    happens: async () => {},
    may: false,
  },
  {
    title: 'the session is ended',
    role: 'operator',
    needs: ['logs:read'],
    happens: remove('operator'),
    may: false,
  },
  {
    title: 'somebody else signs out',
    role: 'operator',
    needs: ['logs:read'],
    happens: remove('other'),
    may: true,
  },
  {
    title: 'the role is changed for one with less',
    role: 'administrator',
    needs: ['settings:write'],
    happens: ({ store }: Services) => store.administrators.change('administrator', { role: 'read-only' }),
    may: false,
  },
  {
    title: 'the administrator is disabled',
    role: 'read-only',
    needs: ['logs:read'],
    happens: ({ store }: Services) => store.administrators.change('read-only', { enabled: false }),
    may: false,
  },
  {
    title: 'the time is over',
    role: 'operator',
    needs: ['logs:read'],
    happens: async () => app.ahead(7_200_000),
    may: false,
  },
] as const) {
  test(`${title}: ${may ? 'goes on' : 'is shut out'}`, async () => {
    const caller = await app.as(role)
    meanwhile = happens
    scopes = new Set(needs)
    assert.deepEqual((await caller.get('/probe')).body, { may })
  })
}

test('a token goes on until it is withdrawn, and a user of the Files page never watches', async () => {
  scopes = new Set(['logs:read'])
  const token = await app.withToken('logs:read')
  meanwhile = async () => {}
  assert.deepEqual((await token.get('/probe')).body, { may: true })
  assert.deepEqual((await (await app.asUser('alice')).get('/probe')).body, { may: false })
  meanwhile = async ({ store }) => {
    const { items } = await store.tokens.list({ offset: 0, limit: 10 })
    for (const { id } of items) await store.tokens.remove(id)
  }
  assert.deepEqual((await token.get('/probe')).body, { may: false })
})
