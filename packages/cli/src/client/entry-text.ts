import type { Precision, RemoteEntry } from '@portolan/protocol'
import type { ReportEvent } from './report.ts'

const LETTERS: Readonly<Record<RemoteEntry['kind'], string>> = {
  file: '-',
  folder: 'd',
  link: 'l',
  other: 's',
  unknown: '?',
}
/** How much of `2026-11-25T18:04:05.678Z` a time is good for. */
const LENGTHS: Readonly<Record<Precision, number>> = { day: 10, minute: 16, second: 19, ms: 19 }

/** A time as exact as it is known, in ISO 8601. */
export function isoTime({ modified, precision = 'second' }: RemoteEntry): string | undefined {
  if (modified === undefined) return undefined
  const text = new Date(modified).toISOString().slice(0, LENGTHS[precision])
  return precision === 'day' ? text : `${text}Z`
}

/** Permission bits in three or four octal digits. */
export function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0')
}

/** `rwxr-x---`, with set-id and sticky bits where `ls` has them. */
export function modeText(mode: number): string {
  const bits = 'rwxrwxrwx'.split('').map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'))
  for (const [bit, at, letter] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const)
    if (mode & bit) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase()
  return bits.join('')
}

/** Entries as `ls -l` has them: kind and permissions, owner, size, time and name, in columns. What no entry tells has no column. */
export function longLines(
  entries: readonly RemoteEntry[],
  show: (name: string) => string,
): readonly string[] {
  const hasModes = entries.some(({ mode }) => mode !== undefined)
  const rows = entries.map(entry => [
    LETTERS[entry.kind] + (hasModes ? (entry.mode === undefined ? '?????????' : modeText(entry.mode)) : ''),
    show(entry.owner ?? ''),
    show(entry.group ?? ''),
    entry.size === undefined || entry.kind === 'folder' ? '' : String(entry.size),
    isoTime(entry) ?? '',
  ])
  const widths = [0, 1, 2, 3, 4].map(column => Math.max(0, ...rows.map(row => row[column]?.length ?? 0)))
  return rows.map((row, i) => {
    const cells = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0
      if (width === 0) return []
      return [column === 3 ? cell.padStart(width) : cell.padEnd(width)]
    })
    const { name = '', target } = entries[i] ?? {}
    const arrow = target === undefined ? '' : ` -> ${show(target)}`
    return `${cells.join('  ')}  ${show(name)}${arrow}`
  })
}

/** An entry as an event. @param path - where it is */
export function entryEvent(entry: RemoteEntry, path: string): ReportEvent {
  const { raw: _raw, modified: _modified, mode, ...rest } = entry
  const time = entry.modified === undefined ? undefined : new Date(entry.modified).toISOString()
  return {
    event: 'entry',
    path,
    ...rest,
    ...(time !== undefined && { modified: time }),
    ...(mode !== undefined && { mode: octal(mode) }),
  }
}
