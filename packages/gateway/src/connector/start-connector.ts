import type { Connector, ConnectorOptions } from '../parts.ts'
import { ensureIdentity } from '../transport/ensure-identity.ts'
import { RunningConnector } from './running-connector.ts'

/**
 * Starts a connector: it enrols when its folder has no identity, and from then on keeps a link to every edge it knows, and dials servers
 * for them. It listens nowhere.
 * @throws {GatewayError} `GATEWAY_INVITATION`, `GATEWAY_ENROL_REFUSED`, `GATEWAY_UNREACHABLE` and whatever else `ensureIdentity` throws;
 * afterwards it never gives up
 */
export async function startConnector(options: ConnectorOptions): Promise<Connector> {
  const identity = await ensureIdentity({
    folder: options.folder,
    kind: 'connector',
    name: options.name,
    version: options.version,
    // Each of its steps has a bound of its own.
    signal: new AbortController().signal,
    ...(options.invitation !== undefined && { invitation: options.invitation }),
    ...(options.now && { now: options.now }),
  })
  return new RunningConnector(options, identity)
}
