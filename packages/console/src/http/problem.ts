import type { FieldProblem } from '../contract/index.ts'

/** What a problem carries beside its text. */
interface ProblemOptions extends ErrorOptions {
  /** Headers of the answer, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An error that a caller is told as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stable. */
  readonly code: string
  readonly errors: readonly FieldProblem[] | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    code: string,
    detail: string,
    errors?: readonly FieldProblem[],
    options: ProblemOptions = {},
  ) {
    super(detail, options)
    this.status = status
    this.code = code
    this.errors = errors
    this.headers = options.headers ?? {}
  }
}
