import type { EdgeEvent } from '../parts.ts'
import type { Bounds } from './bounds.ts'
import type { ConnectorSide } from './connector-side.ts'
import type { Expectations } from './expectations.ts'
import type { Identities } from './identities.ts'
import type { PinTable } from './pins.ts'
import type { Reports } from './reports.ts'
import type { EdgeState } from './state.ts'
import type { StreamBook } from './stream-book.ts'

/** What streams need, whoever asks for them. */
export interface EdgeParts {
  readonly state: EdgeState
  readonly book: StreamBook
  readonly pins: PinTable
  readonly expectations: Expectations
  readonly identities: Identities
  readonly reports: Reports
  readonly connectors: ConnectorSide
  readonly bounds: Bounds
  /** What the edge is called. */
  name(): string
  onEvent(event: EdgeEvent): void
  /** Milliseconds since 1970. */
  now(): number
}
