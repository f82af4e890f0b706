import type { RunEvent, RunRow } from '@portolan/store'
import { count, formatBytes, formatSeconds } from './client/amounts.ts'
import { printable } from './client/printable.ts'

/** A run as one line: when, which, what became of it. */
export function runLine(row: RunRow, transferWidth = 0): string {
  const { id, transfer, state, attempt, filesDone, files, bytes, bytesTotal, createdAt } = row
  const moved =
    bytesTotal > bytes ? `${formatBytes(bytes)} of ${formatBytes(bytesTotal)}` : formatBytes(bytes)
  const parts = [
    timeText(createdAt),
    id,
    printable(transfer).padEnd(transferWidth),
    state.padEnd(9),
    files === 0 ? '' : `${filesDone} of ${count(files, 'file')}, ${moved}`,
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(row.endedAt !== undefined && row.startedAt !== undefined
      ? [formatSeconds(row.endedAt - row.startedAt)]
      : []),
    ...(row.error ? [printable(row.error.text)] : []),
  ]
  return parts.filter(part => part !== '').join('  ')
}

/** A line of a timeline. */
export function eventLine({ at, kind, text }: RunEvent): string {
  return `${timeText(at)}  ${kind.padEnd(12)}  ${printable(text)}`
}

/** `2026-11-23 14:05:07`, in UTC as every time of the commands. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ')
}

/** A run as `--json` prints it: without what the engine keeps for itself. */
export function runJson(row: RunRow): object {
  const { progress: _progress, definition: _definition, lease, ...rest } = row
  return { ...rest, ...(lease && { node: lease.node }) }
}
