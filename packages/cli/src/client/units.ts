const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
}
const SECONDS: Readonly<Record<string, number>> = { '': 1_000, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }
/** Timers of Node hold 31 bits of milliseconds, and fire at once beyond. */
const LONGEST_MS = 2 ** 31 - 1

/** Bytes per second: `500kB`, `2MiB/s`, `300k` (of 1,024, as curl has it), or a number of bytes. Undefined when it is none above 0. */
export function parseRate(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b?)(?:\/s|ps)?$/i.exec(text.trim()) ?? []
  const factor = BYTES[unit.toLowerCase()]
  if (digits === undefined || factor === undefined) return undefined
  const rate = Math.round(Number(digits) * factor)
  return rate >= 1 && Number.isSafeInteger(rate) ? rate : undefined
}

/** Milliseconds of a number of seconds, or of `500ms`, `90s`, `5m`, `1h`. Undefined when it is none above 0. */
export function parseSeconds(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)?$/.exec(text.trim()) ?? []
  const factor = SECONDS[unit]
  if (digits === undefined || factor === undefined) return undefined
  const ms = Math.round(Number(digits) * factor)
  return ms >= 1 && ms <= LONGEST_MS ? ms : undefined
}

/** A whole number within bounds, both allowed. */
export function parseWhole(text: string, least: number, most: number): number | undefined {
  const value = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN
  return value >= least && value <= most ? value : undefined
}
