import type { RunFile } from '@portolan/store'

/** The row of a file that was not delivered when its run has ended. */
export function rowAtEnd(row: RunFile, end: 'failed' | 'cancelled'): RunFile {
  const { temporary: _gone, ...rest } = row
  return { ...rest, state: 'failed', ...(end === 'cancelled' && { error: 'The run was cancelled.' }) }
}
