const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A number of bytes as people read it: `1.4 MiB`. Three figures at most, binary units as the settings write them. */
export function bytesText(bytes: number): string {
  let value = Math.max(0, bytes)
  let unit = 0
  while (value >= 1023.5 && unit < UNITS.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${Number(value.toFixed(digits)).toLocaleString('en')} ${UNITS[unit]}`
}

/** Bytes per second: `1.4 MiB/s`. */
export const rateText = (bytesPerSecond: number): string => `${bytesText(bytesPerSecond)}/s`

/** A count with its thousands apart. */
export const countText = (count: number): string => count.toLocaleString('en')

/** Milliseconds as the two largest units: `320 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 59_950) return `${Number((ms / 1000).toFixed(1))} s`
  const seconds = Math.round(ms / 1000)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ]
  const first = parts.findIndex(([value]) => value > 0)
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}

/** How long ago, or how far ahead, a moment is: `just now`, `5 min ago`, `in 3 d`. */
export function agoText(at: number, now: number): string {
  const distance = Math.abs(now - at)
  if (distance < 10_000) return 'just now'
  const steps: readonly (readonly [number, string])[] = [
    [86_400_000 * 365, 'y'],
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1000, 's'],
  ]
  const [size, unit] = steps.find(([size]) => distance >= size) ?? [1000, 's']
  const text = `${Math.floor(distance / size)} ${unit}`
  return at > now ? `in ${text}` : `${text} ago`
}

const pad = (value: number) => String(value).padStart(2, '0')

/** A moment in the time of the browser, to the second: `2026-11-25 14:03:07`. */
export function timeText(at: number): string {
  const date = new Date(at)
  return `${dateText(at)} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

/** The day of a moment in the time of the browser: `2026-11-25`. */
export function dateText(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
}

/** The zone of the browser's time, for the hint beside a time: `UTC+01:00`. */
export function zoneText(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset()
  const sign = minutes < 0 ? '−' : '+'
  return `UTC${sign}${pad(Math.floor(Math.abs(minutes) / 60))}:${pad(Math.abs(minutes) % 60)}`
}

/** One or many: `1 user`, `3 users`. */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${countText(count)} ${count === 1 ? one : many}`
