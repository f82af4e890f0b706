import type { Document, Store } from '@portolan/store'
import type { z } from 'zod'
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
import type { ControllerSettings } from './types.ts'

/**
 * Reads everything that decisions are made from.
 * @param version - default the time: it grows, whichever node reads
 * @throws {GatewayError} `GATEWAY_INVALID` for a document that does not fit its schema: what cannot be read is not passed over, since it
 * could be what denies
 * @throws {StoreError}
 */
export async function readConfig(
  { access }: Pick<Store, 'access'>,
  settings: Pick<ControllerSettings, 'trustedNetworks'>,
  version: number = Date.now(),
): Promise<AccessConfig> {
  const [segments, segmentGroups, serverGroups, connectorGroups, publications, policies] = await Promise.all([
    access.segments.all(),
    access.segmentGroups.all(),
    access.serverGroups.all(),
    access.connectorGroups.all(),
    access.publications.all(),
    access.policies.all(),
  ])
  const policy = (name: string) => policies.find(row => row.name === name)?.document ?? {}
  return {
    version,
    segments: segments.map(row => named(segment, 'segment', row)),
    segmentGroups: segmentGroups.map(row => named(segmentGroup, 'segment group', row)),
    serverGroups: serverGroups.map(row => named(serverGroup, 'server group', row)),
    connectorGroups: connectorGroups.map(row => named(connectorGroup, 'connector group', row)),
    publications: publications.map(row => named(publication, 'publication', row)),
    forwarding: read(forwardingPolicy, 'client forwarding policy', policy('forwarding')),
    access: read(accessPolicy, 'access policy', policy('access')),
    trustedNetworks: settings.trustedNetworks,
  }
}

function named<T>(schema: z.ZodType<T>, what: string, { name, document }: Document): T {
  const value = typeof document === 'object' && document !== null ? { ...document, name } : document
  return read(schema, `${what} ${name}`, value)
}

function read<T>(schema: z.ZodType<T>, what: string, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  const first = problems[0]
  throw new GatewayError(
    'GATEWAY_INVALID',
    `The ${what} of the store cannot be used: ${first ? `${first.path} ${first.message}` : 'it does not fit'}.`,
    { problems },
  )
}
