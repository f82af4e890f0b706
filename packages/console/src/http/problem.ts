import type { FieldProblem } from '../contract/index.ts'

/** An error that a caller is told as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  /** Stable. */
  readonly code: string
  readonly errors: readonly FieldProblem[] | undefined

  constructor(status: number, code: string, detail: string, errors?: readonly FieldProblem[]) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = errors
  }
}
