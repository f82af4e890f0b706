/** Bytes that a data connection had moved at a time. */
interface Reading {
  readonly at: number
  readonly bytes: number
}

/** Rates of a running data connection over time, from readings of its bytes. */
export interface RateSeries {
  readonly last: Reading | undefined
  /** Seconds since 1970 and bytes per second, side by side. */
  readonly times: readonly number[]
  readonly rates: readonly number[]
}

export const emptySeries: RateSeries = { last: undefined, times: [], rates: [] }

/** Points that are kept: two minutes at a reading each second. */
const MOST = 120

/** The series with another reading. One that is not newer, or has fewer bytes, begins anew. */
export function withReading(series: RateSeries, reading: Reading): RateSeries {
  const { last } = series
  if (!last) return { ...series, last: reading }
  if (reading.at <= last.at) return series
  if (reading.bytes < last.bytes) return { ...emptySeries, last: reading }
  const rate = ((reading.bytes - last.bytes) * 1_000) / (reading.at - last.at)
  return {
    last: reading,
    times: [...series.times, reading.at / 1_000].slice(-MOST),
    rates: [...series.rates, rate].slice(-MOST),
  }
}
