/** What a schedule says, for people: the cron text in words, or undefined when only the text itself says it well. */
export function cronText(cron: string): string | undefined {
  const fields = (NICKNAMES[cron.trim().toLowerCase()] ?? cron).trim().split(/\s+/)
  if (fields.length === 6 && !/^0+$/.test(fields[0] ?? '')) return undefined
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...more] =
    fields.length === 6 ? fields.slice(1) : fields
  if (weekday === '' || more.length > 0) return undefined
  const time = timeText(minute, hour)
  const days = daysText(day, weekday)
  const months = monthsText(month)
  if (time === undefined || days === undefined || months === undefined) return undefined
  return [time, days, months].filter(part => part !== '').join(' ')
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
}

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
/** More times of a day than these are counted, not read. */
const MOST_TIMES = 4

const pad = (value: number) => String(value).padStart(2, '0')

function timeText(minute: string, hour: string): string | undefined {
  const everyMinutes = stepOf(minute)
  const hours = numbersOf(hour, 0, 23)
  const minutes = numbersOf(minute, 0, 59)
  const range = rangeOf(hour)
  if (everyMinutes !== undefined) {
    const every = everyMinutes === 1 ? 'every minute' : `every ${everyMinutes} minutes`
    if (hour === '*') return every
    if (range) return `${every} from ${pad(range[0])}:00 to ${pad(range[1])}:59`
    return hours?.length === 1
      ? `${every} from ${pad(hours[0] ?? 0)}:00 to ${pad(hours[0] ?? 0)}:59`
      : undefined
  }
  if (!minutes) return undefined
  const everyHours = stepOf(hour)
  if (everyHours !== undefined) {
    const at = `at ${listText(minutes.map(one => `:${pad(one)}`))}`
    const every = everyHours === 1 ? 'every hour' : `every ${everyHours} hours`
    return minutes.length <= MOST_TIMES ? `${every} ${at}` : undefined
  }
  if (range && minutes.length === 1)
    return `every hour from ${pad(range[0])}:${pad(minutes[0] ?? 0)} to ${pad(range[1])}:${pad(minutes[0] ?? 0)}`
  if (!hours || hours.length * minutes.length > MOST_TIMES) return undefined
  return `at ${listText(hours.flatMap(one => minutes.map(two => `${pad(one)}:${pad(two)}`)))}`
}

function daysText(day: string, weekday: string): string | undefined {
  const days = isAny(day) ? '' : dayText(day)
  const weekdays = isAny(weekday) ? '' : weekdayText(weekday)
  if (days === undefined || weekdays === undefined) return undefined
  // Cron takes a day that either of the two names.
  if (days !== '' && weekdays !== '') return `${days} and ${weekdays}`
  return days === '' && weekdays === '' ? '' : days + weekdays
}

function dayText(day: string): string | undefined {
  if (day.toUpperCase() === 'L') return 'on the last day of the month'
  const range = rangeOf(day)
  if (range) return `from the ${ordinal(range[0])} to the ${ordinal(range[1])} of the month`
  const days = numbersOf(day, 1, 31)
  return days && `on the ${listText(days.map(ordinal))} of the month`
}

function weekdayText(field: string): string | undefined {
  const weekday = named(field, WEEKDAYS, 0)
  const range = rangeOf(weekday)
  const name = (at: number) => WEEKDAYS[at % 7] ?? ''
  if (range) return `from ${name(range[0])} to ${name(range[1])}`
  const days = numbersOf(weekday, 0, 7)
  return days && `on ${listText(days.map(name))}`
}

function monthsText(field: string): string | undefined {
  if (isAny(field)) return ''
  const month = named(field, MONTHS, 1)
  const range = rangeOf(month)
  const name = (at: number) => MONTHS[at - 1] ?? ''
  if (range) return `from ${name(range[0])} to ${name(range[1])}`
  const months = numbersOf(month, 1, 12)
  return months && `in ${listText(months.map(name))}`
}

const isAny = (field: string) => field === '*' || field === '?'

/** `*` is a step of 1, or `*` with `/15` one of 15. */
function stepOf(field: string): number | undefined {
  if (field === '*') return 1
  const [, step] = /^\*\/(\d+)$/.exec(field) ?? []
  return step === undefined || Number(step) === 0 ? undefined : Number(step)
}

function rangeOf(field: string): readonly [number, number] | undefined {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(field) ?? []
  return first === undefined || last === undefined ? undefined : [Number(first), Number(last)]
}

/** A list of single numbers; undefined for anything else. */
function numbersOf(field: string, least: number, most: number): readonly number[] | undefined {
  if (!/^\d+(?:,\d+)*$/.test(field)) return undefined
  const numbers = field.split(',').map(Number)
  return numbers.every(one => one >= least && one <= most) ? numbers : undefined
}

/** Names of three letters as numbers: `MON-FRI` as `1-5`. */
function named(field: string, names: readonly string[], first: number): string {
  return field.replaceAll(/[a-z]{3}/gi, found => {
    const at = names.findIndex(name => name.slice(0, 3).toLowerCase() === found.toLowerCase())
    return at < 0 ? found : String(at + first)
  })
}

function ordinal(day: number): string {
  const end =
    day % 10 === 1 && day !== 11
      ? 'st'
      : day % 10 === 2 && day !== 12
        ? 'nd'
        : day % 10 === 3 && day !== 13
          ? 'rd'
          : 'th'
  return `${day}${end}`
}

/** `a`, `a and b`, `a, b and c`. */
export function listText(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
