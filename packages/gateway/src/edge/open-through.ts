import type { Status, StatusCode } from '../codes.ts'
import { type ConnectorOpen, type ConnectorOpened, connectorOpened } from '../control/messages.ts'
import { isStatus, statusOf } from '../wire/status.ts'
import { StreamRefused, type WireStream } from '../wire/types.ts'
import { MAX_TRIES, SILENT_MS } from './bounds.ts'
import { type Candidate, chooseConnector } from './choose-connector.ts'
import type { ConnectorLink } from './connector-side.ts'
import type { Pin, PinTable } from './pins.ts'

/** A stream to a connector that has reached the server. It counts in its pin until the caller says that it is closed. */
export interface Through {
  readonly stream: WireStream
  readonly opened: ConnectorOpened
  readonly connector: ConnectorLink
  readonly pin: Pin
  /** On the clock of `performance`, in milliseconds: when the connector that took it was asked, and when it answered. */
  readonly askedAt: number
  readonly answeredAt: number
}

export interface OpenThroughOptions {
  readonly pins: PinTable
  readonly pinKey: string
  /** It has to be that connector: it has read of this connection on another. */
  readonly only?: string | undefined
  /** It is no part of what is open: it may leave a pin whose connector does not answer. */
  readonly isNewSession: boolean
  readonly ask: ConnectorOpen
  candidates(): Candidate[]
  connector(id: string): ConnectorLink | undefined
  /** Nobody waits any more; its reason is a {@link Status}. */
  readonly gone: AbortSignal
  /** Milliseconds, over all tries. */
  readonly openMs: number
}

/** Refusals that another connector may not have. What the server did is the answer, whoever asked it. */
const TRY_ANOTHER: ReadonlySet<StatusCode> = new Set<StatusCode>([
  'CON_TOO_MANY_STREAMS',
  'CON_DRAINING',
  'CON_LOST',
  'CON_STOPPED',
  'CON_PROTOCOL',
  // The bound of its link.
  'EDG_BUSY',
])
/** How often a connector that was asked is looked at, in milliseconds. */
const LOOK_MS = 200

/**
 * Opens a stream through the connector of its pin, or through the best one when nothing of the pin is open. One that is full, drains, is
 * lost or falls silent is followed by the next, up to three of them.
 * @throws {StreamRefused}
 */
export async function openThrough(options: OpenThroughOptions): Promise<Through> {
  const { pins, gone } = options
  /** Why nobody waits any more. */
  let over: Status | undefined
  let attempt = new AbortController()
  const stop = (why: Status) => {
    over ??= why
    attempt.abort(over)
  }
  const onGone = () => stop(isStatus(gone.reason) ? gone.reason : statusOf('AGT_CLIENT_RESET'))
  gone.addEventListener('abort', onGone, { once: true })
  if (gone.aborted) onGone()
  const timer = setTimeout(() => stop(statusOf('EDG_OPEN_TIMEOUT')), options.openMs)
  const tried = new Set<string>()
  let pin = pins.join(options.pinKey)
  if (options.isNewSession && pin.open > 0 && isSilent(linkOf(pin.connector))) pin = pins.renew(pin)
  try {
    let last = statusOf('EDG_NO_CONNECTOR')
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const connector = choose(pin, tried, last)
      const { id } = connector.peer
      tried.add(id)
      const askedAt = performance.now()
      try {
        const { stream, answer } = await openOn(connector, canWait(pin, tried))
        const answeredAt = performance.now()
        const opened = connectorOpened.safeParse(answer)
        if (!opened.success) {
          connector.link.destroy(statusOf('CON_PROTOCOL'))
          throw new StreamRefused(statusOf('CON_PROTOCOL'))
        }
        if (pin.open === 0 || pin.connector === id) {
          pins.opened(pin, id)
          return { stream, opened: opened.data, connector, pin, askedAt, answeredAt }
        }
        // Another stream of the pin was faster by another connector, and there cannot be two: this one follows it.
        tried.delete(pin.connector ?? '')
        last = statusOf('EDG_CONNECTOR_LOST')
        stream.reset(last)
      } catch (error) {
        if (!(error instanceof StreamRefused)) throw error
        last = error.status
        if (over) throw new StreamRefused(over)
        if (options.isNewSession && pin.open > 0 && isSilent(connector)) {
          pin = pins.renew(pin)
          continue
        }
        if (options.only !== undefined || pin.open > 0 || !TRY_ANOTHER.has(last.code)) {
          throw new StreamRefused(last.code === 'CON_LOST' ? statusOf('EDG_CONNECTOR_LOST') : last)
        }
        if (pin.connector === id) pin.connector = undefined
      }
    }
    throw new StreamRefused(last)
  } catch (error) {
    pins.failed(pin)
    throw error
  } finally {
    clearTimeout(timer)
    gone.removeEventListener('abort', onGone)
  }

  function linkOf(id: string | undefined): ConnectorLink | undefined {
    return id === undefined ? undefined : options.connector(id)
  }

  /** @throws {StreamRefused} when there is none to ask */
  function choose(pin: Pin, tried: ReadonlySet<string>, last: Status): ConnectorLink {
    const bound = options.only ?? (pin.open > 0 ? pin.connector : undefined)
    if (bound !== undefined) {
      const connector = linkOf(bound)
      if (tried.has(bound)) throw new StreamRefused(last)
      if (!connector) throw new StreamRefused(statusOf('EDG_CONNECTOR_LOST'))
      if (connector.link.draining) throw new StreamRefused(statusOf('CON_DRAINING'))
      return connector
    }
    const able = options.candidates().filter(({ id, draining }) => !tried.has(id) && !draining)
    const before = able.filter(({ id, silentMs }) => id === pin.connector && silentMs <= SILENT_MS)
    const best = chooseConnector(before) ?? chooseConnector(able)
    const connector = linkOf(best?.id)
    if (!connector) throw new StreamRefused(last)
    pin.connector = connector.peer.id
    return connector
  }

  /** Asks one connector. One that falls silent is given up, unless it is to be waited for. */
  async function openOn({ link }: ConnectorLink, canWait: boolean) {
    attempt = new AbortController()
    if (over) attempt.abort(over)
    const { signal } = attempt
    if (canWait) return await link.open(options.ask, signal)
    const silent: Status = { code: 'CON_LOST', text: 'The connector does not answer.' }
    const look = setInterval(() => link.silentMs > SILENT_MS && attempt.abort(silent), LOOK_MS)
    try {
      return await link.open(options.ask, signal)
    } finally {
      clearInterval(look)
    }
  }

  /** Whether a connector that is silent is waited for: when there is no other to ask. */
  function canWait(pin: Pin, tried: ReadonlySet<string>): boolean {
    return (
      options.only !== undefined ||
      (pin.open > 0 && !options.isNewSession) ||
      chooseConnector(options.candidates().filter(({ id }) => !tried.has(id))) === undefined
    )
  }
}

const isSilent = (connector: ConnectorLink | undefined) => (connector?.link.silentMs ?? 0) > SILENT_MS
