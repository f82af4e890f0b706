import { DialectFinder } from './detect.ts'
import { createContext, type Dialect, type ListingContext } from './dialect.ts'
import type { Listing, ListingDialect, RemoteEntry } from './entry.ts'
import { readMlsd } from './mlsd.ts'
import { isVmsName, vms } from './vms.ts'

/** How lines of LIST are to be read. */
export interface ListOptions {
  /** Milliseconds since 1970, UTC: guesses the year of dates that have none. */
  readonly now: number
  /** Minutes that the times of LIST are ahead of UTC, such as 60 for CET. Default 0: UTC. */
  readonly zoneMinutes?: number
  /** The dialect of an earlier listing of this server: tried first. */
  readonly dialect?: ListingDialect
}

/** Takes the lines of a listing, one after another. */
export interface LineCollector {
  /** A line without its end. More CRs at its end, which some servers send, are dropped, too. */
  add(line: string): void
  /** A line over the limit, whose text is gone. */
  addTooLong(): void
  /** Lines that were blank, headings, or the folder itself. */
  readonly ignored: number
  /** Everything that was read. Nothing may be added then. */
  end(): Listing
}

/** The longest line of a listing, in bytes, without its end: a path of Linux, the target of a link and the rest fit. */
export const MAX_LISTING_LINE = 8192

/** What stands in `unparsed` for a line that was too long to be kept. */
const TOO_LONG = `(a line of more than ${MAX_LISTING_LINE} bytes)`

const BLANK = /^[ \t\0]*$/
const CR = 0x0d
const STARTS_BLANK = /^[ \t]/

/** Lines of MLSD. */
export class MlsdCollector implements LineCollector {
  readonly #entries: RemoteEntry[] = []
  readonly #unparsed: string[] = []
  #ignored = 0

  get ignored(): number {
    return this.#ignored
  }

  add(text: string): void {
    const line = withoutCrs(text)
    const result = BLANK.test(line) ? 'ignored' : readMlsd(line)
    if (result === undefined) this.#unparsed.push(line)
    else if (result === 'ignored') this.#ignored++
    else this.#entries.push(result)
  }

  addTooLong(): void {
    this.#unparsed.push(TOO_LONG)
  }

  end(): Listing {
    return {
      entries: this.#entries,
      unparsed: this.#unparsed,
      dialect: this.#entries.length > 0 ? 'mlsd' : undefined,
    }
  }
}

/** Lines of LIST, in whatever dialect each is. */
export class ListCollector implements LineCollector {
  readonly #context: ListingContext
  readonly #finder: DialectFinder
  readonly #entries: RemoteEntry[] = []
  /** The dialect of each entry. */
  readonly #dialects: Dialect[] = []
  readonly #unparsed: string[] = []
  #ignored = 0
  /** A VMS name whose attributes are on the next line. */
  #held: string | undefined

  constructor({ now, zoneMinutes = 0, dialect }: ListOptions) {
    this.#context = createContext(now, zoneMinutes)
    this.#finder = new DialectFinder(dialect)
  }

  get ignored(): number {
    return this.#ignored
  }

  add(text: string): void {
    const line = withoutCrs(text)
    if (this.#takeWrapped(line)) return
    if (BLANK.test(line)) this.#ignored++
    else if (isVmsName(line)) this.#held = line
    else this.#read(line)
  }

  addTooLong(): void {
    this.#releaseHeld()
    this.#unparsed.push(TOO_LONG)
  }

  end(): Listing {
    this.#releaseHeld()
    const entries = this.#context.shortDates.settle() ? this.#readAgain() : this.#entries
    return { entries, unparsed: this.#unparsed, dialect: this.#mostFrequent() }
  }

  #read(line: string): void {
    const result = this.#finder.read(line, this.#context)
    if (result === undefined) this.#unparsed.push(line)
    else if (result === 'ignored') this.#ignored++
    else this.#keep(result, this.#finder.current)
  }

  #keep(entry: RemoteEntry, dialect: Dialect): void {
    this.#entries.push(entry)
    this.#dialects.push(dialect)
  }

  /** Whether the line completes the name that stands on the line before. */
  #takeWrapped(line: string): boolean {
    if (this.#held === undefined) return false
    const result = STARTS_BLANK.test(line) ? vms.read(`${this.#held}\n${line}`, this.#context) : undefined
    if (result === undefined || result === 'ignored') {
      this.#releaseHeld()
      return false
    }
    this.#held = undefined
    this.#keep(result, vms)
    return true
  }

  #releaseHeld(): void {
    if (this.#held !== undefined) this.#unparsed.push(this.#held)
    this.#held = undefined
  }

  /** The dates were in another order than the usual one. */
  #readAgain(): RemoteEntry[] {
    return this.#entries.map((entry, index) => {
      const dialect = this.#dialects[index]
      const again = dialect?.votes ? dialect.read(entry.raw, this.#context) : undefined
      return again === undefined || again === 'ignored' ? entry : again
    })
  }

  #mostFrequent(): ListingDialect | undefined {
    const counts = new Map<ListingDialect, number>()
    for (const { name } of this.#dialects) counts.set(name, (counts.get(name) ?? 0) + 1)
    let best: ListingDialect | undefined
    let most = 0
    for (const [name, count] of counts) {
      if (count <= most) continue
      best = name
      most = count
    }
    return best
  }
}

function withoutCrs(line: string): string {
  let end = line.length
  while (line.charCodeAt(end - 1) === CR) end--
  return line.slice(0, end)
}
