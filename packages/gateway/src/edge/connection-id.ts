import { randomBytes } from 'node:crypto'

/** A ConnectionID: nine characters of time, so that ids sort by it, and twelve that nobody guesses. */
export const newConnectionId = (now: number): string =>
  `${now.toString(36).padStart(9, '0')}${randomBytes(8).toString('hex').slice(0, 12)}`
