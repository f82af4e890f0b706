import { z } from 'zod'

const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*$/

/**
 * Milliseconds of a duration as the file writes it: `500ms`, `90s`, `5m`, `24h`, `7d`, or a number of seconds.
 * Undefined when it is none.
 */
export function parseDuration(given: string | number): number | undefined {
  if (typeof given === 'number')
    return Number.isFinite(given) && given >= 0 ? Math.round(given * 1_000) : undefined
  const [, digits, unit] = DURATION.exec(given) ?? []
  if (digits === undefined || unit === undefined) return undefined
  return Math.round(Number(digits) * MILLISECONDS[unit as keyof typeof MILLISECONDS])
}

/** A duration as the file writes it, in the largest unit that is exact: 90000 is `90s`, 300000 is `5m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms !== 0 && ms % MILLISECONDS[unit] === 0) return `${ms / MILLISECONDS[unit]}${unit}`
  }
  return ms === 0 ? '0s' : `${ms}ms`
}

const BYTES = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
} as const
const SIZE = /^\s*(\d+(?:\.\d+)?)\s*(b|kb|mb|gb|tb|kib|mib|gib|tib)\s*$/i

/** Bytes of a size as the file writes it: `10MiB` (2^20), `1GB` (10^9), or a number of bytes. Undefined when it is none. */
export function parseSize(given: string | number): number | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) && given >= 0 ? given : undefined
  const [, digits, unit] = SIZE.exec(given) ?? []
  if (digits === undefined || unit === undefined) return undefined
  const bytes = Math.round(Number(digits) * BYTES[unit.toLowerCase() as keyof typeof BYTES])
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A size as the file writes it, in the unit that makes it shortest and is exact: `10MiB`, `1GB`, `1001B`. */
export function formatSize(bytes: number): string {
  const units = ['TiB', 'GiB', 'MiB', 'KiB', 'TB', 'GB', 'MB', 'kB', 'B'] as const
  return units
    .map(unit => ({ unit, amount: bytes / BYTES[unit.toLowerCase() as keyof typeof BYTES] }))
    .filter(({ unit, amount }) => unit === 'B' || (Number.isInteger(amount) && amount > 0))
    .map(({ unit, amount }) => `${amount}${unit}`)
    .reduce((shortest, text) => (text.length < shortest.length ? text : shortest))
}

/**
 * The longest duration that any setting takes. Timers of Node hold 31 bits of milliseconds, and fire at once beyond
 * that (24.8 days). The bound also turns a mistake into an error: milliseconds that were taken for seconds.
 */
export const LONGEST_DURATION = '24d'

/**
 * A duration setting; milliseconds once parsed.
 * @param bounds - as the file writes them, both allowed
 */
export function duration(standard: string, bounds: { min: string; max: string }, text: string) {
  return durationValue(bounds)
    .prefault(standard)
    .meta({
      description: `${text} A duration from ${bounds.min} to ${bounds.max}; default ${standard}.`,
      'x-unit': 'duration',
    })
}

/** A duration setting that may be left out. */
export function optionalDuration(bounds: { min: string; max: string }, text: string) {
  return durationValue(bounds)
    .exactOptional()
    .meta({ description: `${text} A duration from ${bounds.min} to ${bounds.max}.`, 'x-unit': 'duration' })
}

function durationValue({ min, max }: { min: string; max: string }) {
  const lowest = parseDuration(min) ?? 0
  const highest = parseDuration(max) ?? 0
  const shape = 'must be a duration such as 500ms, 90s, 5m or 24h (a bare number is seconds)'
  return z
    .union([z.string().regex(DURATION, { error: shape }), z.number()], { error: shape })
    .transform((given, context) => {
      const ms = parseDuration(given)
      if (ms === undefined) {
        context.addIssue({ code: 'custom', message: shape, input: given })
        return z.NEVER
      }
      if (ms < lowest || ms > highest) {
        context.addIssue({ code: 'custom', message: `must be between ${min} and ${max}`, input: given })
        return z.NEVER
      }
      return ms
    })
}

/** A size setting that may be left out; bytes once parsed. */
export function optionalSize(text: string) {
  const shape = 'must be a size such as 500kB, 10MiB or 1GB (a bare number is bytes)'
  return amount(SIZE, shape, parseSize).exactOptional().meta({ description: text, 'x-unit': 'size' })
}

/** A rate setting that may be left out; bytes per second once parsed. */
export function optionalRate(text: string) {
  const shape =
    'must be a rate such as 500kB/s or 5MiB/s, at least 1 kB/s (a bare number is bytes per second)'
  return amount(/^\s*\d+(?:\.\d+)?\s*(b|kb|mb|gb|tb|kib|mib|gib|tib)\/s\s*$/i, shape, given => {
    const rate = parseSize(typeof given === 'string' ? given.replace(/\/s\s*$/, '') : given)
    return rate !== undefined && rate >= 1_000 ? rate : undefined
  })
    .exactOptional()
    .meta({ description: text, 'x-unit': 'rate' })
}

function amount(pattern: RegExp, shape: string, parse: (given: string | number) => number | undefined) {
  return z
    .union([z.string().regex(pattern, { error: shape }), z.number()], { error: shape })
    .transform((given, context) => {
      const value = parse(given)
      if (value !== undefined) return value
      context.addIssue({ code: 'custom', message: shape, input: given })
      return z.NEVER
    })
}
