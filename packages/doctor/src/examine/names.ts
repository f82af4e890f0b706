import { lookup } from 'node:dns/promises'
import type { Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { classifyAddress, DialError } from '@portolan/channels'
import { isAddress, normaliseAddress } from '@portolan/protocol'
import type { Connect, ConnectEvidence, LocalEvidence } from '../evidence.ts'
import type { Finding } from '../recorder.ts'
import type { Context } from './context.ts'

/** Addresses of one name that are dialled. */
const MOST_ADDRESSES = 16
const PROXY_VARIABLES = ['ftp_proxy', 'FTP_PROXY', 'all_proxy', 'ALL_PROXY', 'https_proxy', 'HTTPS_PROXY']

/** What is known of this machine without asking anybody. */
export function examineLocal({ options: { proxy } }: Context): Finding<LocalEvidence> {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list
      .filter(({ internal }) => !internal)
      .map(({ address }) => ({ interface: name, address, class: classifyAddress(address) })),
  )
  return {
    status: 'pass',
    evidence: {
      node: process.versions.node,
      addresses,
      proxyVariables: PROXY_VARIABLES.filter(name => process.env[name]),
      ...(proxy && { proxy: `${proxy.kind}://${proxy.host}:${proxy.port}` }),
    },
  }
}

/** Looks the name up and dials each of its addresses, all at once. */
export async function examineConnect(context: Context): Promise<Finding<ConnectEvidence>> {
  const { host, port, proxy } = context.options
  const found = proxy || isAddress(host) ? { addresses: [host] } : await addressesOf(context, host)
  const addresses = await Promise.all(
    found.addresses.map(async address => {
      const { connect, local } = await tryConnect(context, { host: address, port })
      return { entry: { address, class: classOf(address), connect }, local }
    }),
  )
  const first = addresses.find(({ entry }) => entry.connect.outcome === 'connected')
  const all = addresses.every(({ entry }) => entry.connect.outcome === 'connected')
  return {
    status: first === undefined ? 'fail' : all ? 'pass' : 'warn',
    evidence: {
      host,
      port,
      ...('error' in found && { nameError: found.error }),
      addresses: addresses.map(({ entry }) => entry),
      ...(first && { used: first.entry.address }),
      ...(first?.local && { local: first.local }),
    },
  }
}

type Lookup = { readonly addresses: readonly string[]; readonly error?: string }

async function addressesOf({ stepMs, signal }: Context, host: string): Promise<Lookup> {
  const stop = new AbortController()
  try {
    const found = await Promise.race([
      lookup(host, { all: true, verbatim: true }),
      sleep(stepMs, undefined, { signal: AbortSignal.any([signal, stop.signal]) }),
    ])
    if (!found) return { addresses: [], error: `nobody answered within ${stepMs / 1000} seconds` }
    const addresses = [...new Set(found.map(({ address }) => normaliseAddress(address)))]
    return { addresses: addresses.slice(0, MOST_ADDRESSES) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return { addresses: [], error: code }
  } finally {
    stop.abort()
  }
}

/** Dials and hangs up. */
export async function tryConnect(
  context: Context,
  target: { readonly host: string; readonly port: number },
  { ms = context.stepMs, from }: { ms?: number; from?: string } = {},
): Promise<{ connect: Connect; local?: { address: string; port: number } }> {
  const dialled = await dial(context, target, { ms, ...(from !== undefined && { from }) })
  if (!('socket' in dialled)) return dialled
  const { socket, connect } = dialled
  const { localAddress, localPort } = socket
  socket.destroy()
  if (localAddress === undefined || localPort === undefined) return { connect }
  return { connect, local: { address: normaliseAddress(localAddress), port: localPort } }
}

/** Dials; the failure is a value. */
export async function dial(
  { dialler, signal }: Context,
  target: { readonly host: string; readonly port: number },
  { ms, from, paused = false }: { ms: number; from?: string; paused?: boolean },
): Promise<{ connect: Connect } | { connect: Connect; socket: Socket }> {
  const begun = performance.now()
  try {
    const socket = await dialler.dial(target, {
      signal,
      timeoutMs: ms,
      paused,
      ...(from !== undefined && { localAddress: from }),
    })
    return { connect: { outcome: 'connected', ms: Math.round(performance.now() - begun) }, socket }
  } catch (error) {
    return { connect: connectFailure(error, performance.now() - begun) }
  }
}

/** How a dialling failed. */
export function connectFailure(error: unknown, ms: number): Connect {
  if (!(error instanceof DialError)) return { outcome: 'other', ms: Math.round(ms) }
  const { outcome, elapsedMs, errno } = error
  return { outcome, ms: elapsedMs, ...(errno !== undefined && { errno }) }
}

/** Behind a proxy the name is all there is. */
function classOf(address: string) {
  return isAddress(address) ? classifyAddress(address) : 'global'
}
