/** The signal of an operation that nobody ends. */
export const NEVER = new AbortController().signal
