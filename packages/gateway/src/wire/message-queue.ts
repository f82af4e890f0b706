import { encodeMessage } from './message-pieces.ts'
import type { Source } from './outbox.ts'
import type { Outgoing } from './send-queue.ts'
import type { Json } from './types.ts'

/** Messages on their way out. They have their turn beside the streams, one piece at a time, so that a long one holds nobody up. */
export class MessageQueue implements Source {
  queued = false
  #frames: (Buffer | (() => void))[] = []

  get ready(): boolean {
    return this.#frames.length > 0
  }

  add(message: Json): void {
    for (const frame of encodeMessage(message)) this.#frames.push(frame)
  }

  /** Does something when all that was added before has gone; at once when nothing waits. */
  after(act: () => void): void {
    if (this.ready) this.#frames.push(act)
    else act()
  }

  next(): Outgoing | undefined {
    const body = this.#frames.shift()
    if (typeof body !== 'function') return body && { head: undefined, body, data: 0, chunk: undefined }
    body()
    return undefined
  }

  /** Empties it. @returns what was left */
  close(): readonly Buffer[] {
    const left = this.#frames.filter(frame => typeof frame !== 'function')
    this.#frames = []
    return left
  }
}
