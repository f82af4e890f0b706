/** A moment as a clock of a time zone shows it: `Wed 2026-11-25 06:30 GMT+1`. Seconds are told when there are some. */
export function zonedTimeText(at: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const { weekday, year, month, day, hour, minute, second, timeZoneName } = parts
  const seconds = second === '00' ? '' : `:${second}`
  return `${weekday} ${year}-${month}-${day} ${hour}:${minute}${seconds} ${timeZoneName}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A zone that does not exist is told in UTC: its field has the mistake. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = make(timeZone) ?? formatOf('UTC')
  formats.set(timeZone, made)
  return made
}

function make(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    })
  } catch {
    return undefined
  }
}
