import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { type ControllerSays, controllerSays } from '../control/messages.ts'
import type { Identity } from '../pki/types.ts'
import { dialPart } from '../transport/dial.ts'
import { createLink } from '../wire/link.ts'
import type { Link, PeerCodes } from '../wire/types.ts'
import { CONTROLLER_PING } from './bounds.ts'
import type { Channel } from './reports.ts'

/** How long one dial may take, and the waits between rounds: the first, doubled up to the last. Milliseconds. */
const DIAL_MS = 5_000
const FIRST_WAIT_MS = 200
const LAST_WAIT_MS = 5_000
/** A link that stood so long was no accident: the waits begin anew. Milliseconds. */
const STEADY_MS = 10_000
/** How long the controller may take to take what was said. Milliseconds. */
const TAKEN_MS = 5_000

const CODES: PeerCodes = {
  lost: 'EDG_CONTROLLER_LOST',
  protocol: 'EDG_CONTROLLER_LOST',
  countMismatch: 'EDG_CONTROLLER_LOST',
}

export interface ControlClientOptions {
  /** The identity that counts now: its certificate is shown, its addresses are dialled. */
  identity(): Identity
  onConnected(): void
  onMessage(message: ControllerSays): void
  /** The link is gone, and not because this was stopped; called once for each time it stood. */
  onLost(text: string): void
  /** A dial failed; told of each. */
  onFailed(text: string): void
  readonly random?: () => number
  readonly now?: () => number
}

/** The link to a controller, made anew as long as this lives. */
export interface ControlClient extends Channel, AsyncDisposable {
  /** Dials from now on. */
  start(): void
}

/**
 * Dials the controllers in turn, with waits of 0.2 to 5 s and a spread of half. A controller that answers no ping for 2.5 s is lost.
 * What is said while there is none goes nowhere.
 */
export function createControlClient(options: ControlClientOptions): ControlClient {
  const { random = Math.random, now } = options
  const stop = new AbortController()
  let link: Link | undefined
  let waitMs = FIRST_WAIT_MS

  const dialNext = async (address: string): Promise<void> => {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(DIAL_MS)])
    let socket: TLSSocket
    try {
      const dialled = await dialPart({
        identity: options.identity(),
        address,
        protocol: 'control',
        expects: 'controller',
        signal,
        ...(now && { now }),
      })
      socket = dialled.socket
    } catch (error) {
      if (!stop.signal.aborted) options.onFailed(`${address}: ${textOf(error)}`)
      return
    }
    await live(socket, address)
  }

  const live = async (socket: TLSSocket, address: string) => {
    let refusal: string | undefined
    const since = performance.now()
    const current = createLink(socket, {
      side: 'dialler',
      peer: CODES,
      ...CONTROLLER_PING,
      maxStreams: 0,
      // The whole configuration comes as one message.
      maxMessage: 256 * 1024 * 1024,
      handlers: {
        onOpen: incoming =>
          incoming.refuse({ code: 'EDG_CONTROLLER_LOST', text: 'An edge opens no streams for controllers.' }),
        onMessage: message => options.onMessage(controllerSays.parse(message)),
        onGoAway: status => {
          refusal = status.text
          current.destroy(status)
        },
      },
    })
    link = current
    const endLink = () => current.destroy({ code: 'EDG_DRAINING', text: 'The edge was stopped.' })
    stop.signal.addEventListener('abort', endLink, { once: true })
    if (stop.signal.aborted) endLink()
    else options.onConnected()
    const status = await current.closed
    stop.signal.removeEventListener('abort', endLink)
    link = undefined
    if (performance.now() - since > STEADY_MS) waitMs = FIRST_WAIT_MS
    if (!stop.signal.aborted) options.onLost(`${address}: ${refusal ?? status.text}`)
  }

  const run = async () => {
    for (let turn = 0; !stop.signal.aborted; turn++) {
      const { addresses } = options.identity()
      const address = addresses[turn % Math.max(addresses.length, 1)]
      if (address !== undefined) await dialNext(address)
      else options.onFailed('The identity names no controller.')
      // One round over all controllers without a wait, then a wait.
      if ((turn + 1) % Math.max(addresses.length, 1) !== 0) continue
      await sleep(waitMs * (0.5 + random() / 2), undefined, { signal: stop.signal }).catch(() => {})
      waitMs = Math.min(waitMs * 2, LAST_WAIT_MS)
    }
  }
  let running: Promise<void> | undefined

  return {
    start() {
      running ??= run()
    },
    get isThere() {
      return link !== undefined
    },
    say(message) {
      link?.message(message)
    },
    async taken() {
      if (!link) throw new Error('There is no controller.')
      await link.ping(AbortSignal.timeout(TAKEN_MS))
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
