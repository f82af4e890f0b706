import { type Failure, FilesFailed, failureOf } from '../run/failure.ts'

/** The failures of single files of a step: the others go on, and the step fails in the end. */
export class FileFailures {
  readonly #files: number
  readonly #failures: { readonly error: unknown; readonly failure: Failure }[] = []

  /** @param files - of the step */
  constructor(files: number) {
    this.#files = files
  }

  /** @throws what was thrown, when no other file would fare better */
  note(error: unknown, record: (text: string) => void): void {
    const failure = failureOf(error)
    record(failure.text)
    if (failure.reach === 'all') throw error
    this.#failures.push({ error, failure })
  }

  /** @throws the failure that decides: one that passes before one that stays, so that the run tries again */
  throwWorst(): void {
    const worst = this.#failures.find(({ failure }) => failure.transient) ?? this.#failures[0]
    if (!worst) return
    if (this.#files === 1) throw worst.error
    const { code, text, transient } = worst.failure
    throw new FilesFailed(
      code,
      `${this.#failures.length} of ${this.#files} files failed: ${text}`,
      transient,
      worst.error,
    )
  }
}
