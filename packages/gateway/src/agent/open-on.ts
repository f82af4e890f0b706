import type { Status } from '../codes.ts'
import type { AgentOpen } from '../control/messages.ts'
import { type Json, type Link, StreamRefused, type WireStream } from '../wire/types.ts'

/** A link that says nothing for so long after a stream was asked for is given up, if there is another; in milliseconds. */
const SILENT_MS = 1_000
const LOOK_MS = 100

const GIVEN_UP: Status = { code: 'EDG_LOST', text: 'The edge did not answer; another one was asked.' }

/**
 * Asks over one link for a stream. When the link falls silent and there is another, the asking is given up: whoever gets EDG_LOST may
 * ask the other.
 * @throws {StreamRefused}
 */
export async function openOn(
  link: Link,
  ask: AgentOpen,
  signal: AbortSignal,
  isThereAnother: () => boolean,
): Promise<{ readonly stream: WireStream; readonly answer: Json }> {
  const giveUp = new AbortController()
  const onAbort = () => giveUp.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  // An edge that waits for a slow server has nothing to say; what is alive answers this.
  link.ping(giveUp.signal).catch(() => {})
  const asked = performance.now()
  const look = setInterval(() => {
    const waited = performance.now() - asked
    if (waited < SILENT_MS || link.silentMs < SILENT_MS || !isThereAnother()) return
    giveUp.abort(new StreamRefused(GIVEN_UP))
  }, LOOK_MS)
  try {
    return await link.open(toJson(ask), giveUp.signal)
  } catch (error) {
    if (giveUp.signal.aborted && !signal.aborted) throw new StreamRefused(GIVEN_UP)
    throw error
  } finally {
    clearInterval(look)
    signal.removeEventListener('abort', onAbort)
  }
}

const toJson = ({ host, port, via, client }: AgentOpen): Json => ({
  ...{ host, port, via },
  ...(client && { client: { address: client.address, port: client.port } }),
})
