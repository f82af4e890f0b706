import swagger from '@fastify/swagger'
import { type FastifySchema, fastify, type RouteOptions } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import * as contract from '../contract/index.ts'
import { urlOf } from './register-route.ts'
import type { Route } from './route.ts'
import { withoutCompilers } from './schemas.ts'

/** Answers of every route that are no success. */
const PROBLEMS = { description: 'RFC 9457: what is wrong and what to do.' }

/** Schemas of the contract by the names under which OpenAPI shows them. Queries are parameters and have none. */
function componentRegistry() {
  const registry = z.registry<{ id: string }>()
  for (const [name, schema] of Object.entries(contract)) {
    if (!(schema instanceof z.ZodObject) || name.endsWith('Query')) continue
    registry.add(schema, { id: name.replace(/^./, first => first.toUpperCase()) })
  }
  return registry
}

/** The API as a document of OpenAPI 3.1, from the schemas by which it checks. */
export async function describeApi(routes: readonly Route[], version: string): Promise<object> {
  const schemaRegistry = componentRegistry()
  const toJson = createJsonSchemaTransform({ schemaRegistry })
  const addComponents = createJsonSchemaTransformObject({ schemaRegistry })
  const known = new Map(routes.map(route => [`${route.method} ${urlOf(route)}`, route]))
  // An app that answers nobody: the one that does carries no descriptions.
  await using app = fastify({ schemaController: withoutCompilers })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Portolan', version, description: 'The API of a Portolan node.' },
      components: {
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-portolan',
            description: 'A signed-in browser; without TLS the cookie is called portolan.',
          },
          csrf: {
            type: 'apiKey',
            in: 'header',
            name: 'x-csrf-token',
            description: 'Of the session, as /auth/me tells it.',
          },
          token: { type: 'http', scheme: 'bearer', description: 'An API token.' },
        },
      },
    },
    transform: document => {
      const route = known.get(`${methodOf(document.route)} ${document.url}`)
      if (!route) return { schema: { hide: true }, url: document.url }
      const described = toJson({ ...document, schema: describe(route) })
      if (!route.rawBody) return described
      const body = {
        content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
      }
      return { ...described, schema: { ...described.schema, body } }
    },
    transformObject: document => {
      const whole = addComponents(document)
      if ('components' in whole) dropUnused(whole, { ...whole.components?.schemas })
      return whole
    },
  })
  for (const route of routes) {
    app.route({
      method: route.method,
      url: urlOf(route),
      schema: {},
      exposeHeadRoute: false,
      handler: () => {},
    })
  }
  await app.ready()
  return app.swagger()
}

function methodOf(route: RouteOptions): string {
  return Array.isArray(route.method) ? (route.method[0] ?? '') : route.method
}

function describe(route: Route): FastifySchema {
  const { summary, tag, params, query, body, response, status = 200, rawBody } = route
  return {
    operationId: operationId(route),
    summary,
    tags: [tag],
    security: security(route),
    ...(params && { params }),
    ...(query && { querystring: query }),
    ...(body && !rawBody && { body }),
    response: {
      ...success(route, response, status),
      default: { ...PROBLEMS, content: { 'application/problem+json': { schema: contract.problem } } },
    },
  }
}

function success({ method }: Route, response: z.ZodType | undefined, status: number) {
  if (response)
    return { [status]: { description: 'Done.', content: { 'application/json': { schema: response } } } }
  if (method !== 'GET') return { 204: z.undefined().describe('Done.') }
  return { [status]: { description: 'No JSON.', content: { '*/*': { schema: z.string() } } } }
}

/** Each entry is one way to be let in. */
function security({ access, method }: Route): Record<string, string[]>[] {
  if (access === 'public') return []
  const byCookie = method === 'GET' ? { session: [] } : { session: [], csrf: [] }
  return access === 'files' ? [byCookie] : [byCookie, { token: access === 'signed-in' ? [] : [access] }]
}

/** `GET /users/:name` is `getUsersByName`. */
function operationId({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path
    .replaceAll(':', 'by-')
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
  return method.toLowerCase() + words.map(word => word.replace(/^./, first => first.toUpperCase())).join('')
}

/** Takes out the schemas that nothing refers to: each is there as it comes in and as it goes out. */
function dropUnused(
  document: { components?: { schemas?: object } },
  schemas: Readonly<Record<string, unknown>>,
): void {
  const used = new Set<string>()
  const follow = (value: unknown) => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      follow(schemas[name] ?? null)
    }
  }
  follow({ ...document, components: undefined })
  for (const name of Object.keys(schemas)) {
    if (!used.has(name)) Reflect.deleteProperty(document.components?.schemas ?? {}, name)
  }
}
