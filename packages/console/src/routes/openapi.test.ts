import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Route } from '../http/route.ts'
import { startTestApp } from '../http/testing-app.ts'
import { allRoutes } from './index.ts'

const parameter = z.object({ in: z.enum(['path', 'query']), name: z.string(), schema: z.object({}) })
const content = z.record(z.string(), z.object({ schema: z.object({}) }))
const operation = z.object({
  operationId: z.string(),
  summary: z.string().min(5),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(parameter).optional(),
  requestBody: z.object({ content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string().min(1), content: content.optional() })),
})
const openapi = z.object({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.object({
    schemas: z.record(z.string(), z.object({})),
    securitySchemes: z.record(z.string(), z.object({ type: z.enum(['apiKey', 'http']) })),
  }),
})

async function describe() {
  await using it = await startTestApp({ routes: allRoutes })
  const answer = await it.anonymous.get('/openapi.json')
  assert.match(String(answer.headers['content-type']), /^application\/json/)
  return { text: answer.text, document: openapi.parse(answer.body), routes: allRoutes(it.services) }
}

/** As OpenAPI writes it. */
const pathOf = ({ path, rooted }: Route) => (rooted ? path : `/api/v1${path}`).replaceAll(/:(\w+)/g, '{$1}')

test('every route is described, with what it takes, what it answers and who may', async () => {
  const { document, routes } = await describe()
  assert.equal(document.openapi, '3.1.0')
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  assert.deepEqual(described.toSorted(), routes.map(route => `${route.method} ${pathOf(route)}`).toSorted())
  for (const route of routes) {
    const of = `${route.method} ${route.path}`
    const found = document.paths[pathOf(route)]?.[route.method.toLowerCase()]
    assert.ok(found, of)
    const parameters = found.parameters ?? []
    const names = parameters.filter(one => one.in === 'path').map(({ name }) => name)
    assert.deepEqual(
      names,
      [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name),
      of,
    )
    assert.equal(
      parameters.some(one => one.in === 'query'),
      route.query !== undefined,
      of,
    )
    assert.equal(found.requestBody !== undefined, route.body !== undefined || route.rawBody === true, of)
    assert.deepEqual(Object.keys(found.responses.default?.content ?? {}), ['application/problem+json'], of)
    assert.ok(
      Object.keys(found.responses).some(status => status.startsWith('2')),
      of,
    )
    const schemes = found.security.flatMap(way => Object.keys(way))
    assert.equal(schemes.length === 0, route.access === 'public', of)
    assert.equal(schemes.includes('csrf'), route.access !== 'public' && route.method !== 'GET', of)
    for (const scheme of schemes) assert.ok(document.components.securitySchemes[scheme], scheme)
  }
})

test('operations have names of their own', async () => {
  const { document } = await describe()
  const names = Object.values(document.paths).flatMap(methods =>
    Object.values(methods).map(({ operationId }) => operationId),
  )
  assert.equal(new Set(names).size, names.length)
  for (const name of ['getAuthMe', 'postTokens', 'deleteTokensById', 'getHealthz'])
    assert.ok(names.includes(name), name)
})

test('every reference leads to a schema, and every schema is referred to', async () => {
  const { text, document } = await describe()
  const refs = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref)
  assert.ok(refs.length > 20)
  const names = refs.map(ref => /^#\/components\/schemas\/(\w+)$/.exec(ref)?.[1] ?? ref)
  assert.deepEqual([...new Set(names)].toSorted(), Object.keys(document.components.schemas).toSorted())
})
