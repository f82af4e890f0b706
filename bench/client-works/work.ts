import type { ClientKind, Task } from '../clients/client.ts'
import type { ServerKind } from '../servers/server.ts'
import type { Stage } from '../stage.ts'
import type { Stopwatch } from '../timed.ts'
import type { Measured, Row } from '../works/work.ts'

/** Where a client finds the server: the loopback of this machine, or the far end of the delayed link. */
export type Distance = 'near' | 'far'

/** What a work gets. */
export interface ClientContext {
  readonly client: ClientKind
  readonly stage: Stage
  readonly stopwatch: Stopwatch
  /** Counted from 0. Checks that cost time are made in the first. */
  readonly round: number
  readonly host: string
  readonly port: number
  /** The program and arguments that start the client where it belongs. */
  readonly launcher: readonly string[]
}

/** One row of the clients' table. */
export interface ClientWork extends Row {
  /** The server that all clients talk to. */
  readonly server: ServerKind['name']
  readonly distance: Distance
  readonly task: Task
  readonly rounds?: number
  /** Whether the clients work at the same time: where a row waits for the link and the machine is idle. */
  readonly together: boolean
  /** @throws {BenchError} when bytes are missing or wrong: such a run does not count */
  measure(context: ClientContext): Promise<Measured>
}
