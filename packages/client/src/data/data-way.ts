import type { Because, DataPromise } from '@portolan/channels'
import type { Rung } from '../errors.ts'

/** A data connection that the server has agreed to, and how it came to be. */
export interface DataWay {
  readonly rung: Rung
  readonly promise: DataPromise
  /** Another way to the same agreement, tried once when the first does not stand: the other candidate address of a PASV reply. */
  readonly alternative?: DataPromise
}

/** What became of a rung: a way, or the reason to go on to the next. */
export type RungOutcome =
  | { readonly kind: 'ready'; readonly way: DataWay }
  | {
      readonly kind: 'left'
      readonly because: Because
      /** The server said no: it will say so again. */
      readonly refused: boolean
    }
