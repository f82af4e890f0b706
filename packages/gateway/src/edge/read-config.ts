import { z } from 'zod'
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
 * @throws {z.ZodError} when it does not fit: an edge decides by all of it, or by none
 */
export const readConfig = (config: unknown): AccessConfig => accessConfig.parse(config)
