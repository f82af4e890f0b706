/** Writes a line of the node's log. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  record: Readonly<Record<string, unknown>>,
  text: string,
) => void
