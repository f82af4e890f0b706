import { lookup } from 'node:dns/promises'
import type { Socket } from 'node:net'
import { createDialler } from '@portolan/channels'
import { addressFamily, isAddress } from '@portolan/protocol'
import type { Status, StatusCode } from '../codes.ts'
import type { Target } from '../policy/types.ts'
import { StreamRefused } from '../wire/types.ts'
import type { KernelNet } from './intercept/kernel-net.ts'

/** How long a connection without an edge may take, in milliseconds. */
const DIRECT_MS = 10_000
/** How long one address of several may take, in milliseconds. */
const ATTEMPT_MS = 2_000

/**
 * The mark of the agent's own packets, by which its packet filter lets them pass. It has to differ from those of other programs; the
 * bytes are `ptl` and 1.
 */
export const OWN_MARK = 0x70746c01

/** Makes the agent's own TCP connections: to edges, and to what is not forwarded. */
export interface DirectDialler {
  /** The socket is paused. @throws {StreamRefused} */
  dial(target: Target, signal: AbortSignal): Promise<Socket>
  /** The addresses of a name, an address as it is; none when it has none. */
  addressesOf(host: string, signal: AbortSignal): Promise<readonly string[]>
}

/** @param kernel - given where the agent's connections would come back to it by its own packet filter: they are marked then */
export function createDirectDialler(kernel?: KernelNet): DirectDialler {
  const dialler = createDialler()
  const dialPlain = (target: Target, signal: AbortSignal, timeoutMs: number) =>
    dialler.dial(target, { signal, timeoutMs, paused: true })
  const addressesOf = async (host: string, signal: AbortSignal) => {
    if (isAddress(host)) return [host]
    const found = lookup(host, { all: true }).then(
      all => all.map(({ address }) => address),
      () => [],
    )
    return await Promise.race([found, aborted(signal).then(() => [])])
  }
  return {
    addressesOf,
    async dial(target, signal) {
      try {
        if (!kernel) return await dialPlain(target, signal, DIRECT_MS)
        const addresses = await addressesOf(target.host, signal)
        return await dialMarked(kernel, addresses, target, signal)
      } catch (error) {
        throw new StreamRefused(statusOfDial(error, target))
      }
    },
  }
}

async function dialMarked(
  kernel: KernelNet,
  addresses: readonly string[],
  { host, port }: Target,
  signal: AbortSignal,
): Promise<Socket> {
  let failure: unknown = Object.assign(new Error(`${host} has no address`), { errno: 'ENOTFOUND' })
  for (const [index, address] of addresses.entries()) {
    const ms = index === addresses.length - 1 ? DIRECT_MS : ATTEMPT_MS
    const socket = kernel.marked(addressFamily(address), OWN_MARK)
    if (!socket) throw Object.assign(new Error('packets cannot be marked'), { errno: 'EPERM' })
    try {
      await connected(socket, { host: address, port }, AbortSignal.any([signal, AbortSignal.timeout(ms)]))
      return socket
    } catch (error) {
      socket.destroy()
      failure = error
      if (signal.aborted) break
    }
  }
  throw failure
}

async function connected(
  socket: Socket,
  to: { host: string; port: number },
  bound: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => reject(Object.assign(new Error('it did not answer in time'), { errno: 'ETIMEDOUT' }))
  bound.addEventListener('abort', stop, { once: true })
  const onConnect = () => {
    // In this very callback: when it is over, Node begins to read.
    socket.pause()
    resolve()
  }
  socket
    .on('error', () => {})
    .once('error', reject)
    .once('connect', onConnect)
  socket.setNoDelay(true)
  socket.connect({ ...to, autoSelectFamily: false })
  try {
    await promise
  } finally {
    bound.removeEventListener('abort', stop)
    socket.off('error', reject).off('connect', onConnect)
  }
}

const CODES: Readonly<Record<string, StatusCode>> = {
  ECONNREFUSED: 'SRV_REFUSED',
  ECONNRESET: 'SRV_RESET',
  ETIMEDOUT: 'SRV_TIMEOUT',
  ENOTFOUND: 'SRV_NAME_NOT_FOUND',
  EAI_AGAIN: 'SRV_NAME_NOT_FOUND',
  ENODATA: 'SRV_NAME_NOT_FOUND',
}

function statusOfDial(error: unknown, { host, port }: Target): Status {
  const name = ['errno', 'code'].map(key => fieldOf(error, key)).find(value => typeof value === 'string')
  const text = error instanceof Error ? error.message : String(error)
  return {
    code: CODES[String(name)] ?? 'SRV_UNREACHABLE',
    text: `Connected directly, ${host} port ${port} did not answer: ${text}.`,
  }
}

const fieldOf = (error: unknown, key: string): unknown =>
  error instanceof Error ? Reflect.get(error, key) : undefined

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
