import { connect, type LookupFunction, type Socket } from 'node:net'
import { addressFamily, isAddress } from '@portolan/protocol'
import { onAbort } from './deferred.ts'

/**
 * Milliseconds for each address of a name but the last before the next is tried. Node's own 250 would give up on every
 * server that is further away than that.
 */
const ATTEMPT_MS = 1_000

/** A TCP connection to make. */
export interface TcpTarget {
  /** A name, of which every address is tried, or a literal. */
  readonly host: string
  readonly port: number
  /** The address to dial from; the family of a name's address follows it. */
  readonly local: string | undefined
  /** Milliseconds between two probes of an idle connection by the kernel; 0: none. */
  readonly keepAliveMs: number
  readonly lookup: LookupFunction | undefined
  /** Leave everything that comes in the kernel until the socket is resumed. */
  readonly paused: boolean
}

/** Thrown when the signal ended the dialling. */
export const STOPPED: unique symbol = Symbol('dialling was stopped')

/**
 * Makes a TCP connection. The socket stays open for writing when its peer ends, and its errors are swallowed: whoever
 * uses it watches it.
 * @throws the system's error, or {@link STOPPED}
 */
export async function connectTcp(target: TcpTarget, stop: AbortSignal): Promise<Socket> {
  const { host, port, local, keepAliveMs, lookup, paused } = target
  if (stop.aborted) throw STOPPED
  const socket = connect({
    host,
    port,
    ...(local !== undefined && { localAddress: local, family: addressFamily(local) }),
    ...(lookup && { lookup }),
    autoSelectFamily: local === undefined && !isAddress(host),
    autoSelectFamilyAttemptTimeout: ATTEMPT_MS,
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: keepAliveMs > 0,
    keepAliveInitialDelay: keepAliveMs,
  })
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const onConnect = () => {
    // In this very callback: when it is over, Node begins to read.
    if (paused) socket.pause()
    resolve()
  }
  socket.on('error', ignore)
  socket.once('connect', onConnect).once('error', reject)
  const off = onAbort(stop, () => reject(STOPPED))
  try {
    await promise
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    off()
    socket.off('connect', onConnect).off('error', reject)
  }
}

function ignore(): void {}
