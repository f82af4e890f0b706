/** Codes of {@link PlanError}; stable across releases. */
export type PlanErrorCode =
  /** A single value cannot be; `message` says what may, and leaves repeating the value to whoever shows it. */
  | 'PLAN_VALUE'
  /** Values that are allowed each, and do not fit each other. */
  | 'PLAN_CONFLICT'
  /** More ports are needed than there are. */
  | 'PLAN_TOO_MANY_PORTS'

/** A plan that cannot be made. `message` goes on after the name of `field`, and says what is allowed. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
  readonly code: PlanErrorCode
  /** The part of the question that is wrong; undefined when it is all of it. */
  readonly field: PlanField | undefined

  constructor(code: PlanErrorCode, field: PlanField | undefined, message: string) {
    super(message)
    this.code = code
    this.field = field
  }
}

/** A part of the question that can be wrong. */
export type PlanField =
  | 'clients'
  | 'perClient'
  | 'sameAddress'
  | 'transferSeconds'
  | 'workers'
  | 'basePort'
  | 'listener'
  | 'nat'
  | 'server'
  | 'balancer'
  | 'active'
