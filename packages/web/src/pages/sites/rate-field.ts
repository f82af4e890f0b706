const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
}

/** Bytes per second out of what was typed, such as `5MiB/s` or `800 KiB`; undefined when it is no rate. */
export function rateOfField(typed: string): number | undefined {
  const [, number, unit = 'b'] = /^\s*(\d+(?:\.\d+)?)\s*([kmg]?i?b)?(?:\/s)?\s*$/i.exec(typed) ?? []
  const factor = UNITS[unit.toLowerCase()]
  if (number === undefined || factor === undefined) return undefined
  const bytes = Math.round(Number(number) * factor)
  return bytes > 0 ? bytes : undefined
}

/** A rate as a field shows it: in the largest unit that says it exactly. */
export function rateField(bytesPerSecond: number): string {
  for (const unit of ['GiB', 'MiB', 'KiB']) {
    const size = UNITS[unit.toLowerCase()] ?? 1
    if (bytesPerSecond % size === 0) return `${bytesPerSecond / size}${unit}/s`
  }
  return `${bytesPerSecond}B/s`
}
