import type { ServerResponse } from 'node:http'

/** A comment goes out so often, so that proxies on the way do not take the silence for an end. */
export const HEARTBEAT_MS = 15_000
/** How long a browser waits before it connects again. */
const RETRY_MS = 3_000
/** Bytes that wait for a client which does not read; beyond it the client is dropped. */
const MOST_WAITING = 1024 * 1024

let numbered = 0

/** An event in the text of `text/event-stream`, with an id of its own (HTML standard section 9.2.5). */
export function frameOf(event: string, data: object): string {
  // JSON has no line break outside of its strings, and none in the clear inside: it is one line.
  return `id: ${++numbered}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** The writing end of a stream of events. It never waits: a client that does not read is dropped. */
export class EventStream {
  readonly #response: ServerResponse

  /** Writes the head. @param headers - further ones, such as those of security */
  constructor(response: ServerResponse, headers: Readonly<Record<string, number | string | string[]>> = {}) {
    this.#response = response
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would else hold events back until its buffer is full.
      'x-accel-buffering': 'no',
    })
    response.write(`retry: ${RETRY_MS}\n\n`)
  }

  send(frame: string): void {
    const response = this.#response
    if (response.destroyed || response.writableEnded) return
    if (response.writableLength + frame.length > MOST_WAITING) {
      response.destroy()
      return
    }
    response.write(frame)
  }

  heartbeat(): void {
    this.send(': still here\n\n')
  }

  end(): void {
    this.#response.end()
  }
}
