/** How far a clock on the wall is ahead of UTC, and until when. Milliseconds. */
interface ZoneOffset {
  readonly offset: number
  /** When the clock is changed next; Infinity: never. */
  readonly until: number
}

/** The clock of a time zone. */
export interface ZoneClock {
  /** What is kept is asked first: for moments that follow each other closely. */
  now(moment: number): ZoneOffset
  read(moment: number): ZoneOffset
}

/** @throws {RangeError} for a zone that does not exist */
export function zoneClock(timeZone: string): ZoneClock {
  const read = (moment: number): ZoneOffset => {
    const zoned = Temporal.Instant.fromEpochMilliseconds(Math.floor(moment)).toZonedDateTimeISO(timeZone)
    const next = zoned.getTimeZoneTransition('next')
    return {
      offset: zoned.offsetNanoseconds / 1_000_000,
      until: next?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    }
  }
  let known = { from: 0, ...read(0) }
  return {
    now(moment) {
      if (moment < known.from || moment >= known.until) known = { from: moment, ...read(moment) }
      return known
    },
    read,
  }
}
