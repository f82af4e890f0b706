import type { Status } from '../codes.ts'
import type { ConnectorNote } from '../control/messages.ts'

/** What is to be done, in this order. The bytes may lie in the chunk that was pushed: they are valid until the next call. */
export type Inspected =
  | { readonly do: 'to-server' | 'to-client'; readonly bytes: Buffer }
  | { readonly do: 'note'; readonly note: ConnectorNote }
  /** The other side has ended, and all that it sent was passed on: this one is told. */
  | { readonly do: 'end-server' | 'end-client' }
  /** The session goes beyond the bounds. Nothing follows. */
  | { readonly do: 'fail'; readonly status: Status }

type Step =
  | Exclude<Inspected, { bytes: Buffer }>
  | { readonly do: 'to-server' | 'to-client'; readonly pieces: Buffer[] }

/** Collects what is to be done. Bytes that go the same way become one piece; nothing goes to a client that was told of the end. */
export class Outcome {
  #steps: Step[] = []
  #clientEnded = false

  pass(to: 'to-server' | 'to-client', bytes: Buffer): void {
    if (to === 'to-client' && this.#clientEnded) return
    const last = this.#steps.at(-1)
    if (last && 'pieces' in last && last.do === to) last.pieces.push(bytes)
    else this.#steps.push({ do: to, pieces: [bytes] })
  }

  note(note: ConnectorNote): void {
    if (!this.#clientEnded) this.#steps.push({ do: 'note', note })
  }

  endClient(): void {
    this.#clientEnded = true
    this.#steps.push({ do: 'end-client' })
  }

  endServer(): void {
    this.#steps.push({ do: 'end-server' })
  }

  fail(status: Status): void {
    this.#steps.push({ do: 'fail', status })
  }

  take(): readonly Inspected[] {
    const steps = this.#steps
    this.#steps = []
    return steps.map(whole)
  }
}

function whole(step: Step): Inspected {
  if (!('pieces' in step)) return step
  const [only, ...more] = step.pieces
  return { do: step.do, bytes: only && more.length === 0 ? only : Buffer.concat(step.pieces) }
}
