import type { ListingDialect, RemoteEntry } from '../entry.ts'

/** Everything that an entry has to be, with the time in ISO 8601 and without the line. */
export type Expected = Omit<RemoteEntry, 'raw' | 'modified'> & { readonly modified?: string }

/** A line and what it is. An entry that VMS wrapped holds an LF. */
export interface Sample {
  readonly line: string
  readonly expect: Expected | 'ignored' | 'unparsed'
}

/** Lines of one dialect, below the same heading. */
export interface SampleGroup {
  readonly name: string
  readonly dialect: ListingDialect
  readonly heading?: readonly string[]
  readonly zoneMinutes?: number
  readonly samples: readonly Sample[]
}

/** The time at which all samples are read: 2026-11-21 12:00 UTC. */
export const SAMPLE_NOW = Date.UTC(2026, 10, 21, 12)
