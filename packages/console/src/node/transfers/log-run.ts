import type { EngineEvent } from '@portolan/transfers'
import type { Log } from '../../http/log.ts'
import { oneLine } from '../one-line.ts'

/** Writes what happens to runs as lines of the node's log: a sentence for people, and its fields for machines. */
export function logRun(log: Log, event: EngineEvent): void {
  if (event.type === 'warning') {
    log('warn', { event: 'run-warning', code: event.code }, oneLine(`transfers: ${event.text}`))
    return
  }
  const { id, transfer, state, attempt, error, cause, files, bytes } = event.run
  const record = { event: event.type, run: id, transfer, state, attempt, ...(error && { code: error.code }) }
  const why = error ? `: ${error.text}` : ''
  switch (event.type) {
    case 'run-queued':
      return log('debug', record, oneLine(`${transfer}: run ${id} is queued: ${cause.text}`))
    case 'run-started':
      return log('info', record, oneLine(`${transfer}: run ${id} began, attempt ${attempt}: ${cause.text}`))
    case 'run-retrying':
      return log('warn', record, oneLine(`${transfer}: run ${id} is tried again later${why}`))
    case 'run-ended': {
      const what = state === 'succeeded' ? `: ${files} files, ${bytes} bytes` : why
      const level = state === 'failed' ? 'error' : 'info'
      return log(level, { ...record, files, bytes }, oneLine(`${transfer}: run ${id} ${state}${what}`))
    }
    case 'run-progress':
  }
}
