import type { Status } from '../codes.ts'
import { type IncomingStream, type Json, StreamRefused, type WireStream } from './types.ts'

/** What {@link Openings.incoming} does with an answer. */
interface Answers {
  accept(answer: Json): WireStream
  refuse(status: Status): void
  /** The stream, when it was broken before it was answered. */
  broken(): WireStream | undefined
}

/** Streams that are not open yet: those that this side asked for, and those that were asked of it. */
export class Openings {
  readonly #asking = new Map<number, PromiseWithResolvers<Json>>()
  readonly #asked = new Map<number, AbortController>()

  /** Resolves with the answer. @throws {StreamRefused} */
  ask(id: number): Promise<Json> {
    const asking = Promise.withResolvers<Json>()
    this.#asking.set(id, asking)
    return asking.promise
  }

  isAsking(id: number): boolean {
    return this.#asking.has(id)
  }

  opened(id: number, answer: Json): void {
    this.#asking.get(id)?.resolve(answer)
    this.#asking.delete(id)
  }

  /** The stream is gone: whoever still waits for it is told. */
  broken(id: number, status: Status): void {
    this.#asking.get(id)?.reject(new StreamRefused(status))
    this.#asking.delete(id)
    this.#asked.get(id)?.abort(status)
    this.#asked.delete(id)
  }

  incoming(id: number, ask: Json, answers: Answers): IncomingStream {
    const gone = new AbortController()
    this.#asked.set(id, gone)
    return {
      ask,
      gone: gone.signal,
      accept: answer => {
        if (this.#asked.delete(id)) return answers.accept(answer)
        const broken = answers.broken()
        if (broken) return broken
        throw new TypeError('the stream was accepted or refused before')
      },
      refuse: status => {
        if (this.#asked.delete(id)) answers.refuse(status)
      },
    }
  }
}
