import type { SessionEvent, TransferFacts } from '../events.ts'
import type { FileAccessError } from '../file-access.ts'
import { replyCode } from './failure.ts'

const BECAUSE = { code: 'web', text: 'by the web client: no data connection' }

/** Tells of one transfer of the web client, from its start to its end. */
export class WebRecord {
  readonly #facts: TransferFacts
  readonly #emit: (event: SessionEvent) => void
  readonly #started = performance.now()

  constructor(
    facts: Pick<TransferFacts, 'command' | 'path' | 'direction' | 'remote'>,
    emit: (event: SessionEvent) => void,
  ) {
    this.#facts = { ...facts, mode: 'web', local: 'web', because: BECAUSE }
    this.#emit = emit
    emit({ type: 'transfer-started', ...this.#facts })
  }

  /** @param error - absent: it is complete */
  end(bytes: number, error: FileAccessError | undefined): void {
    const verdict = !error ? 'complete' : error.code === 'FILE_BROKEN' ? 'broken' : 'failed'
    this.#emit({
      type: 'transfer-ended',
      ...this.#facts,
      bytes,
      ms: Math.round(performance.now() - this.#started),
      verdict,
      reply: error ? replyCode(error) : 226,
      ...(error && { text: error.message }),
    })
  }
}
