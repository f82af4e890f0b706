import type { LineResult, ListingDialect } from './entry.ts'
import { ShortDates } from './short-dates.ts'

/** Where in a z/OS listing we are: its rows mean nothing without the heading above them. */
type Section =
  | { readonly of: 'datasets' }
  | { readonly of: 'members' }
  | { readonly of: 'modules' }
  | { readonly of: 'spool'; readonly job: string }

/** What a dialect knows of the listing beside the line. One for each listing. */
export interface ListingContext {
  /** Milliseconds since 1970, UTC. */
  readonly now: number
  /** Minutes that the server's clock is ahead of UTC. */
  readonly zoneMinutes: number
  readonly shortDates: ShortDates
  /** Set by the dialect that reads a heading. */
  section: Section | undefined
}

/** One dialect of LIST: reads a line, and keeps nothing but what it writes into the context. */
export interface Dialect {
  readonly name: ListingDialect
  /** Its dates are read by {@link ListingContext.shortDates}: its lines may have to be read again. */
  readonly votes?: true
  readonly read: (line: string, context: ListingContext) => LineResult
}

/**
 * @param now - milliseconds since 1970, UTC; guesses the years of dates that have none
 * @param zoneMinutes - minutes that the server's clock is ahead of UTC
 */
export function createContext(now: number, zoneMinutes: number): ListingContext {
  return {
    now,
    zoneMinutes: Number.isFinite(zoneMinutes) ? zoneMinutes : 0,
    shortDates: new ShortDates(now),
    section: undefined,
  }
}
