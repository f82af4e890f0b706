import type { RetryForm } from './transfer-form.ts'

/** Waits that are told one by one. */
const TOLD = 6

/**
 * The waits between attempts as a sentence: `after 30 s, 1 min, 2 min and 4 min`. Fields that hold no number yet give
 * undefined.
 */
export function waitsText(
  retry: Pick<RetryForm, 'attempts' | 'first' | 'factor' | 'ceiling'>,
): string | undefined {
  const [attempts, first, factor, ceiling] = [retry.attempts, retry.first, retry.factor, retry.ceiling].map(
    numberOf,
  )
  if (attempts === undefined || first === undefined || factor === undefined || ceiling === undefined)
    return undefined
  if (!Number.isInteger(attempts) || attempts < 1 || first < 0 || factor < 1 || ceiling < 0) return undefined
  if (attempts === 1) return 'It is tried once, and not again.'
  const waits = Array.from({ length: Math.min(attempts - 1, TOLD) }, (_, at) =>
    secondsText(Math.min(ceiling, first * factor ** at)),
  )
  const more = attempts - 1 - waits.length
  const told = more > 0 ? `${waits.join(', ')} and ${more} more` : listed(waits)
  return `Tried again after ${told}; then it has failed.`
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`

const numberOf = (value: number | string): number | undefined => {
  const number = typeof value === 'number' ? value : value.trim() === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** Seconds as a person says them: `30 s`, `2 min`, `1 h 4 min`. */
export function secondsText(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ]
  return parts
    .filter(([value]) => value > 0)
    .slice(0, 2)
    .map(([value, unit]) => `${value} ${unit}`)
    .join(' ')
}
