import { z } from 'zod'
import { GatewayError } from '../errors.ts'
import {
  accessPolicy,
  connectorGroup,
  forwardingPolicy,
  publication,
  segment,
  segmentGroup,
  serverGroup,
} from '../model/index.ts'
import type { AccessConfig } from '../policy/types.ts'

const accessConfig = z.object({
  version: z.number(),
  segments: z.array(segment),
  segmentGroups: z.array(segmentGroup),
  serverGroups: z.array(serverGroup),
  connectorGroups: z.array(connectorGroup),
  forwarding: forwardingPolicy,
  access: accessPolicy,
  publications: z.array(publication),
  trustedNetworks: z.array(z.string()),
})

/**
 * The configuration that a controller sent.
 * @throws {GatewayError} `GATEWAY_INVALID` when it does not fit: an edge decides by all of it, or by none
 */
export function readConfig(config: unknown): AccessConfig {
  const parsed = accessConfig.safeParse(config)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const { path = '', message = 'it does not fit' } = problems[0] ?? {}
  const text = `The configuration of the controller cannot be used: ${path} ${message}. Edge and controller may be of different versions.`
  throw new GatewayError('GATEWAY_INVALID', text, { problems })
}
