import { getCACertificates } from 'node:tls'
import type { ClientOptions, TlsMode, TlsOptions } from '@portolan/client'
import { activeProblem } from '../check/zone-of.ts'
import type { Site, SiteSecrets, Zone } from '../model/index.ts'

/** The active ports of the FTP Settings. */
export type ActivePorts = { readonly basePort: number; readonly numberOfPorts: number } | undefined

/** A zone with what its proxy wants to know. */
export interface ReachableZone {
  readonly zone: Zone
  readonly password?: string
}

const TLS_MODES: Readonly<Record<Site['protocol'], TlsMode>> = {
  ftp: 'off',
  'ftps-explicit': 'explicit',
  'ftps-implicit': 'implicit',
}

/** Quick tries for a connection that breaks; a partner that is away is the run's own retry. */
const QUICK_RETRY = { retries: 1, firstDelay: 300, factor: 2, maxDelay: 2_000, jitter: 0.25 }

/**
 * How a client reaches a site.
 *
 * @param zone - undefined: directly
 * @param activePorts - undefined: any unused high port
 * @throws {TransferError} `TRANSFER_ACTIVE_ZONE` for active mode through a proxy, before anything is dialled
 */
export function clientOptionsFor(
  site: Site,
  secrets: SiteSecrets,
  zone: ReachableZone | undefined,
  activePorts: ActivePorts,
): ClientOptions {
  const problem = activeProblem(site, zone?.zone)
  if (problem) throw problem
  const tls = TLS_MODES[site.protocol]
  const { connect, reply, idle, completion } = site.timeouts
  const [connectMs, replyMs] = [connect * 1000, reply * 1000]
  return {
    host: site.host,
    ...(site.port !== undefined && { port: site.port }),
    user: site.user,
    ...(secrets.password != null && { password: secrets.password }),
    tls,
    ...(tls !== 'off' && { tlsOptions: tlsOptionsFor(site, secrets) }),
    mode: site.enableActiveMode ? 'active' : 'passive',
    ...(site.enableActiveMode && activePorts && { activePorts }),
    pasvAddress: site.passive.address,
    epsv: site.passive.epsv,
    ...(site.externalAddress !== undefined && { externalAddress: site.externalAddress }),
    ...(zone && { proxy: proxyOf(zone) }),
    timeouts: {
      connect: connectMs,
      greeting: Math.max(connectMs, replyMs),
      tls: connectMs,
      dataConnect: connectMs,
      dataProbe: Math.min(connectMs, 4_000),
      accept: connectMs,
      reply: replyMs,
      begin: Math.min(replyMs, 5_000),
      explanation: Math.min(replyMs, 3_000),
      dataIdle: idle * 1000,
      completion: completion * 1000,
    },
    retry: QUICK_RETRY,
    ...(site.bandwidth !== undefined && { rateLimit: site.bandwidth }),
    connections: site.connections,
  }
}

function tlsOptionsFor({ tls }: Site, secrets: SiteSecrets): TlsOptions {
  return {
    verify: tls.verify,
    ...(tls.pinned !== undefined && { pins: [tls.pinned] }),
    ...(tls.ca !== undefined && { ca: [...getCACertificates('default'), tls.ca] }),
    ...(tls.servername !== undefined && { servername: tls.servername }),
    ...(tls.certificate !== undefined && secrets.key != null && { cert: tls.certificate, key: secrets.key }),
    data: tls.data,
  }
}

function proxyOf({ zone: { proxy }, password }: ReachableZone): NonNullable<ClientOptions['proxy']> {
  const { kind, host, port, user } = proxy
  return {
    kind,
    host,
    port,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
  }
}
