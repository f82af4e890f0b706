/** Something the benchmark needs is not there, or a run went wrong. The message says what to do. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
}

/** The text of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
