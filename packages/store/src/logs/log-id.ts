/**
 * The id of a log row: its time, and a number that tells rows of one millisecond apart. So the order of ids is the order
 * of time, whichever node wrote a row and however late; and a span of time is a span of ids.
 *
 * 44 bits of milliseconds last until the year 2527; the number has 19 bits.
 */
const NUMBER_BITS = 19n
const MAX_AT = 2 ** 44 - 1

/** The first id of a millisecond. */
export function firstIdOf(at: number): bigint {
  return BigInt(Math.min(MAX_AT, Math.max(0, Math.floor(at)))) << NUMBER_BITS
}

/** @param number - one that no other row of this millisecond has; its lowest bits count */
export function logId(at: number, number: bigint): bigint {
  return firstIdOf(at) | BigInt.asUintN(Number(NUMBER_BITS), number)
}

/** Reads an id that was given out as text; undefined for one that never was. */
export function parseLogId(text: string): bigint | undefined {
  if (!/^\d{1,19}$/.test(text)) return undefined
  const id = BigInt(text)
  return id < 2n ** 63n ? id : undefined
}
