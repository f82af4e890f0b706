import { randomInt } from 'node:crypto'

/**
 * The id of a run: nine digits of its time in milliseconds, six that count, five by chance; all to the base 32, so that
 * the order of ids is the order of time, and no two nodes make the same.
 */
const TIME_DIGITS = 9
const COUNT_DIGITS = 6
const CHANCE_DIGITS = 5

/** Half of what the counter holds, so that a batch of one millisecond never runs over. */
const COUNT_START = 2 ** (COUNT_DIGITS * 5 - 1)

/** What every id of a millisecond begins with, and what is not above any of them. */
export const firstRunId = (at: number): string =>
  digits(Math.min(2 ** (TIME_DIGITS * 5) - 1, Math.max(0, Math.trunc(at))), TIME_DIGITS)

/** Makes ids. Those of one millisecond are in the order in which they were made. */
export function runIds(random: (below: number) => number = randomInt): (at: number) => string {
  let count = random(COUNT_START)
  let last = ''
  return at => {
    const time = firstRunId(at)
    count = time === last ? count + 1 : random(COUNT_START)
    last = time
    return time + digits(count, COUNT_DIGITS) + digits(random(2 ** (CHANCE_DIGITS * 5)), CHANCE_DIGITS)
  }
}

const digits = (number: number, length: number): string => number.toString(32).padStart(length, '0')
