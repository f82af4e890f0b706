import type { Because } from '@portolan/channels'
import type { Precision } from '@portolan/protocol'
import type { CompareBy } from './options.ts'
import type { TreeEntry } from './tree.ts'

/** What comparing two files by what their listings tell has come to. */
export type Comparison =
  | { readonly kind: 'unchanged'; readonly because: Because }
  | { readonly kind: 'changed'; readonly because: Because }
  /** Equal as far as the listings tell: their checksums decide. */
  | { readonly kind: 'ask'; readonly because: Because }

/**
 * How far a time may be behind the true one, in milliseconds. A day is two: listings that show days are in the server's
 * zone, which nobody tells.
 */
const WINDOWS: Readonly<Record<Precision, number>> = {
  ms: 1,
  second: 1_000,
  minute: 60_000,
  day: 2 * 86_400_000,
}

/** Compares a file of the source with the one of that name in the target. */
export function compareFiles(source: TreeEntry, target: TreeEntry, by: CompareBy): Comparison {
  if (by === 'always') return changed('always', 'everything is transferred')
  if (by === 'newer') return compareTimes(source, target)
  if (source.size !== undefined && target.size !== undefined && source.size !== target.size)
    return changed('size-differs', `it has ${source.size} bytes, and ${target.size} in the target`)
  const sized = source.size !== undefined && target.size !== undefined
  if (by === 'size')
    return sized
      ? unchanged('same-size', 'the size is the same')
      : changed('size-unknown', 'one side does not tell its size')
  if (by === 'checksum') return { kind: 'ask', because: { code: 'same-size', text: 'the size is the same' } }
  return compareTimes(source, target)
}

/** Whether the source is newer, beyond what the coarser of the two times can tell. */
function compareTimes(source: TreeEntry, target: TreeEntry): Comparison {
  if (source.modified === undefined || target.modified === undefined)
    return source.size !== undefined && source.size === target.size
      ? unchanged('time-unknown', 'the size is the same, and one side does not tell its time')
      : changed('time-unknown', 'one side does not tell its time')
  const window = Math.max(WINDOWS[source.precision ?? 'ms'], WINDOWS[target.precision ?? 'ms'])
  const ahead = source.modified - target.modified
  if (ahead < window) return unchanged('not-newer', 'it is not newer than in the target')
  return changed('newer', `it is ${Math.floor(ahead / 1000)} seconds newer than in the target`)
}

/** Whether a comparison came out by a time so coarse that asking for the exact one may spare the transfer. */
export function byCoarseTime(comparison: Comparison, remote: TreeEntry): boolean {
  const coarse = remote.precision === 'minute' || remote.precision === 'day'
  return comparison.kind === 'changed' && comparison.because.code === 'newer' && coarse
}

function changed(code: string, text: string): Comparison {
  return { kind: 'changed', because: { code, text } }
}

function unchanged(code: string, text: string): Comparison {
  return { kind: 'unchanged', because: { code, text } }
}
