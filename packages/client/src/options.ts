import {
  type Because,
  type ClientTlsOptions,
  type PasvAddressSetting,
  type PortRange,
  type ProxyServer,
  parseProxyUrl,
  PortRange as Range,
} from '@portolan/channels'
import { isAddress, normaliseAddress } from '@portolan/protocol'
import { FtpError } from './errors.ts'
import type { ClientEvent } from './events.ts'
import { HostMemory } from './host-memory.ts'
import { DEFAULT_RETRY, type RetryPolicy } from './retry.ts'
import { DEFAULT_TIMEOUTS, type Timeouts } from './timeouts.ts'

/** How the control connection gets its TLS: none, by AUTH TLS (RFC 4217), or from the first byte (port 990). */
export type TlsMode = 'off' | 'explicit' | 'implicit'

/** Who dials the data connection. `auto` is passive first, then active. */
export type Mode = 'passive' | 'active' | 'auto'

/** What TLS is to check, and with what. Certificates are verified unless `verify` is false. */
export interface TlsOptions extends Omit<ClientTlsOptions, 'host' | 'servername'> {
  /** The name that the certificate must carry, when it is not the host. */
  readonly servername?: string
  /**
   * What a data connection without close_notify means, which IIS and z/OS leave out. `size`, the default: complete when all
   * bytes of the known size are there; a file of unknown size is not. `required`: always a truncation. `optional`: always complete.
   */
  readonly closeNotify?: 'required' | 'size' | 'optional'
  /** Send CCC after the login: the control connection goes on in the clear, for NAT helpers that must read it. Default false. */
  readonly clearControl?: boolean
  /** `clear` sends PROT C: data connections without TLS. Default `private`. */
  readonly data?: 'private' | 'clear'
}

/** Everything a client can be told. Only `host` is needed. */
export interface ClientOptions {
  /** Name or address literal, without brackets. */
  readonly host: string
  /** Default 21; 990 for implicit TLS. */
  readonly port?: number
  /** Default `anonymous`. */
  readonly user?: string
  /** Default for `anonymous`: `anonymous@`. */
  readonly password?: string
  /** For ACCT, where a server asks with 332. */
  readonly account?: string
  /** Default `off`. */
  readonly tls?: TlsMode
  readonly tlsOptions?: TlsOptions
  /** Default `passive`. */
  readonly mode?: Mode
  /** Which address of a PASV reply is dialled. Default `control`. An address is used whatever the server says. */
  readonly pasvAddress?: 'control' | 'auto' | 'server' | string
  /** Leave EPSV out on IPv4. Default true: EPSV goes first, it has no address that could be wrong. */
  readonly epsv?: boolean
  /** Active mode: the address to announce, as a literal or name; `ask` takes the one at which the server sees us. Default: the local one. */
  readonly externalAddress?: string
  /** Active mode: the ports to listen on. Default: any free one. */
  readonly activePorts?: { readonly basePort: number; readonly numberOfPorts: number }
  /** Active mode: accept only the server's own address. Default true. */
  readonly checkPeer?: boolean
  /** The local address of every connection. Default: the system chooses. */
  readonly bind?: string
  /** `socks5://` or `http://`, with login and port as needed. */
  readonly proxy?: string | ProxyServer
  readonly timeouts?: Partial<Timeouts>
  readonly retry?: Partial<RetryPolicy>
  /** Bytes per second over all transfers of this client together. Default: no limit. */
  readonly rateLimit?: number
  /** The most sessions for parallel work; fewer are used when the server allows fewer. Default 1. */
  readonly connections?: number
  /** Names in UTF-8, agreed on by OPTS UTF8. Default true; false sends nothing. */
  readonly utf8?: boolean
  /** Milliseconds between NOOPs on the control connection during transfers; their replies are accounted for. 0, the default: none. */
  readonly noopInterval?: number
  /** Minutes that the server's clock in LIST is ahead of UTC; `ask` finds out by MDTM. Default `ask`. */
  readonly serverZone?: number | 'ask'
  /** Send the next EPSV behind the transfer command where the server proves that it can. Default true. */
  readonly pipelining?: boolean
  /** What was learnt of servers; share it between clients. Default: one of its own. */
  readonly hosts?: HostMemory
  /** Told everything that happens. Must not throw. */
  readonly onEvent?: (event: ClientEvent) => void
}

/** Options with every default in its place. */
export interface ResolvedOptions {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly account: string | undefined
  readonly tls: TlsMode
  readonly tlsOptions: TlsOptions
  readonly mode: Mode
  readonly pasvAddress: PasvAddressSetting
  readonly epsv: boolean
  readonly externalAddress: string | undefined
  readonly activePorts: PortRange | undefined
  readonly checkPeer: boolean
  readonly bind: string | undefined
  readonly proxy: ProxyServer | undefined
  readonly timeouts: Timeouts
  readonly retry: RetryPolicy
  readonly rateLimit: number | undefined
  readonly connections: number
  readonly utf8: boolean
  readonly noopInterval: number
  readonly serverZone: number | 'ask'
  readonly pipelining: boolean
  readonly hosts: HostMemory
  emit(event: ClientEvent): void
}

/** Why active mode cannot work through something that only dials out. */
export const ACTIVE_THROUGH_PROXY: Because = {
  code: 'active-through-proxy',
  text: 'Active mode needs the server to dial this machine, and the proxy only dials out: use passive mode, or no proxy.',
}

/**
 * Checks options and fills in the defaults.
 *
 * @throws {FtpError} `FTP_SETTING` with what is allowed
 */
export function resolveOptions(options: ClientOptions): ResolvedOptions {
  const { tls = 'off', mode = 'passive', user = 'anonymous', onEvent } = options
  if (options.host === '') throw setting('The host is empty: give a name or an address.')
  const port = options.port ?? (tls === 'implicit' ? 990 : 21)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw setting(`Port ${port} is not allowed: use 1 to 65535.`)
  const proxy = resolveProxy(options.proxy)
  if (proxy && mode === 'active') throw setting(ACTIVE_THROUGH_PROXY.text)
  const { rateLimit, connections = 1, bind } = options
  if (rateLimit !== undefined && !(rateLimit > 0))
    throw setting('The rate limit is in bytes per second, above 0.')
  if (!Number.isInteger(connections) || connections < 1 || connections > 256)
    throw setting(`${connections} connections are not allowed: use 1 to 256.`)
  if (bind !== undefined && !isAddress(bind))
    throw setting(`${JSON.stringify(bind)} is no address to bind to: give an IP address of this machine.`)
  return {
    host: isAddress(options.host) ? normaliseAddress(options.host) : options.host,
    port,
    user,
    password: options.password ?? (user === 'anonymous' ? 'anonymous@' : ''),
    account: options.account,
    tls,
    tlsOptions: options.tlsOptions ?? {},
    mode,
    pasvAddress: resolvePasvAddress(options.pasvAddress ?? 'control'),
    epsv: options.epsv ?? true,
    externalAddress: options.externalAddress,
    activePorts: resolveRange(options.activePorts),
    checkPeer: options.checkPeer ?? true,
    bind,
    proxy,
    timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
    retry: { ...DEFAULT_RETRY, ...options.retry },
    rateLimit,
    connections,
    utf8: options.utf8 ?? true,
    noopInterval: options.noopInterval ?? 0,
    serverZone: options.serverZone ?? 'ask',
    pipelining: options.pipelining ?? true,
    hosts: options.hosts ?? new HostMemory(),
    emit: event => onEvent?.(event),
  }
}

function resolvePasvAddress(text: string): PasvAddressSetting {
  if (text === 'control' || text === 'auto' || text === 'server') return text
  if (isAddress(text)) return { address: normaliseAddress(text) }
  throw setting(
    `${JSON.stringify(text)} is no address for passive mode: use control, auto, server or an IP address.`,
  )
}

function resolveRange(range: ClientOptions['activePorts']): PortRange | undefined {
  if (!range) return undefined
  try {
    return Range.of(range)
  } catch (error) {
    throw setting(`The active ports cannot be used: ${messageOf(error)}.`, error)
  }
}

function resolveProxy(proxy: ClientOptions['proxy']): ProxyServer | undefined {
  if (typeof proxy !== 'string') return proxy
  try {
    return parseProxyUrl(proxy)
  } catch (error) {
    throw setting(messageOf(error), error)
  }
}

function setting(message: string, cause?: unknown): FtpError {
  return new FtpError('FTP_SETTING', message, { phase: 'settings', cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
