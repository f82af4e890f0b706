import { defineRoute, type Route } from '../http/route.ts'
import type { Services } from '../node/services.ts'

/** The figures for Prometheus, to who may read them. */
export const metricsRoutes = ({ metrics }: Services): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/metrics',
    rooted: true,
    access: 'metrics:read',
    summary: 'Figures in the text format of Prometheus',
    tag: 'health',
    handle: async ({ reply }) => reply.type(metrics.contentType).send(await metrics.text()),
  }),
]
