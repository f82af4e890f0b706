import type { Socket } from 'node:net'
import type { Endpoint } from '@portolan/protocol'
import { type SendState, sendState } from './tcp-state.ts'

/** Milliseconds before the kernel is asked. Most clients close as soon as they have read the end, and need no asking. */
const FIRST_LOOK_MS = 200
/** Milliseconds between two looks at the kernel's table, at most. */
const LOOK_MS = 1_000
/** Milliseconds to wait for the peer's end where the kernel does not tell. RFC 959 gives no figure; this is what linger times usually are. */
const BLIND_LINGER_MS = 2_000

/** How the last bytes fared. `late`: nothing was acknowledged for the stall time. */
export type Delivery = 'delivered' | 'late'

export interface DeliveryOptions {
  readonly local: Endpoint
  readonly remote: Endpoint
  /** Milliseconds without an acknowledgement after which the peer is given up. */
  readonly stallMs: number
  /** Default: what /proc says on Linux. */
  readonly sendState?: (local: Endpoint, remote: Endpoint) => Promise<SendState | undefined>
}

/**
 * Ends the sending half and waits until the peer has got everything: it ends or closes its half, or its TCP has
 * acknowledged our end. Some clients close only after they have read 226, and a slow one may be megabytes behind
 * although the kernel has taken the last byte, so neither the close nor our own end says it alone.
 *
 * What cannot be known: whether the peer's program has read what its TCP acknowledged. Nobody's server knows that.
 * Errors and closing of the socket are left to the caller's guard.
 */
export async function endAndDeliver(stream: Socket, options: DeliveryOptions): Promise<Delivery> {
  // A peer that ended before we did has only closed its sending half: that says nothing about what it received.
  const halfClosed = stream.readableEnded
  const over = new Promise<void>(resolve => {
    if (!halfClosed) stream.once('end', resolve).once('close', resolve)
  })
  await new Promise<void>(resolve => {
    stream.end(() => resolve())
    stream.once('close', () => resolve())
  })
  if (!halfClosed && (await within(over, FIRST_LOOK_MS))) return 'delivered'
  return watchAcknowledgements(over, options)
}

async function watchAcknowledgements(over: Promise<void>, options: DeliveryOptions): Promise<Delivery> {
  const look = options.sendState ?? sendState
  let least = Number.POSITIVE_INFINITY
  let since = performance.now()
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LOOK_MS)) {
    const state = await look(options.local, options.remote)
    if (!state) {
      await within(over, BLIND_LINGER_MS)
      return 'delivered'
    }
    if (state.kind !== 'outstanding') return 'delivered'
    const now = performance.now()
    if (state.bytes < least) {
      least = state.bytes
      since = now
    } else if (now - since > options.stallMs) {
      return 'late'
    }
    if (await within(over, Math.min(wait, options.stallMs))) return 'delivered'
  }
}

/** Whether the event came in time. */
async function within(event: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>(resolve => {
    timer = setTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([event.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
