import { defineRoute, type Route } from '../http/route.ts'

/** What the API is, for programs and for people who write them. */
export const openapiRoutes = (): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/openapi.json',
    access: 'public',
    summary: 'This API as OpenAPI 3.1',
    tag: 'openapi',
    handle: async ({ request, reply }) =>
      reply.type('application/json').send(JSON.stringify(request.server.swagger())),
  }),
]
