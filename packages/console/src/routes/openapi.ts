import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/**
 * What the API is, for programs and for people who write them.
 * @param routes - all of them
 */
export const openapiRoutes = ({ node }: Pick<Services, 'node'>, routes: () => readonly Route[]): Route[] => {
  let text: Promise<string> | undefined
  // What describes it is large, and rarely asked.
  const describe = async () => {
    const { describeApi } = await import('../http/openapi.ts')
    return JSON.stringify(await describeApi(routes(), node.version))
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      access: 'public',
      summary: 'This API as OpenAPI 3.1',
      tag: 'openapi',
      async handle({ reply }) {
        text ??= describe()
        return reply.type('application/json').send(await text)
      },
    }),
  ]
}
