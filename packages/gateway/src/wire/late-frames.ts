/** Other frames than DATA that may come late about one stream. A window is given in far fewer pieces. */
const MAX_FRAMES = 1_024
/** Streams of which late frames are expected. */
const MAX_STREAMS = 65_536

interface Late {
  /** Bytes of DATA for which there was credit. */
  bytes: number
  frames: number
  /** Streams that were broken before the same PING are forgotten at its PONG. */
  readonly ping: number
}

/**
 * What may still come about streams that this side has broken or finished: the other side may not know yet. As soon as it has answered
 * a PING that was sent later it does, and nothing may come any more.
 */
export class LateFrames {
  readonly #streams = new Map<number, Late>()

  get size(): number {
    return this.#streams.size
  }

  /** @param ping - the number of the next PING */
  expect(stream: number, bytes: number, ping: number): void {
    if (this.#streams.size >= MAX_STREAMS) {
      for (const oldest of this.#streams.keys()) {
        this.#streams.delete(oldest)
        break
      }
    }
    this.#streams.set(stream, { bytes, frames: MAX_FRAMES, ping })
  }

  /** The other side has broken it, too: that is the last that comes. */
  end(stream: number): void {
    this.#streams.delete(stream)
  }

  /** @returns false when it is too much, or not expected at all */
  takeData(stream: number, bytes: number): boolean {
    const late = this.#streams.get(stream)
    if (!late || late.bytes < bytes) return false
    late.bytes -= bytes
    return true
  }

  /** @returns false when it is too much, or not expected at all */
  takeFrame(stream: number): boolean {
    const late = this.#streams.get(stream)
    if (!late || late.frames === 0) return false
    late.frames -= 1
    return true
  }

  /** The PING of that number was answered. */
  answered(ping: number): void {
    for (const [stream, late] of this.#streams) {
      if (late.ping > ping) return
      this.#streams.delete(stream)
    }
  }
}
