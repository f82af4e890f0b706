/** Why something was decided: the rule, setting or observation that decided it. */
export interface Because {
  /** Stable across releases, tested, searchable in logs: `address-rule`, `no-rule-matched`. */
  readonly code: string
  /** The sentence that people read everywhere: log, console, doctor, replies. */
  readonly text: string
}

/** A value and why it is that value. */
export interface Decision<T> {
  readonly value: T
  readonly because: Because
}

/** Pairs a value with its reason. */
export function decide<T>(value: T, code: string, text: string): Decision<T> {
  return { value, because: { code, text } }
}
