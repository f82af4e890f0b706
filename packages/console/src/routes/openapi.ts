import { defineRoute, type Route } from '../http/route.ts'

/** What the API is, for programs and for people who write them. */
export const openapiRoutes = (): Route[] => {
  let text: string | undefined
  return [
    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      access: 'public',
      summary: 'This API as OpenAPI 3.1',
      tag: 'openapi',
      async handle({ request, reply }) {
        text ??= JSON.stringify(request.server.swagger())
        return reply.type('application/json').send(text)
      },
    }),
  ]
}
