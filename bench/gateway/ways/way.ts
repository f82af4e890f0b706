import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificate } from '../../certificate.ts'
import type { Debian } from '../../debian.ts'
import { BenchError } from '../../errors.ts'
import type { Program } from '../../processes.ts'
import { type Reached, startListening } from '../stream-load.ts'

const LISTENING_MS = 20_000

/** Where programs of Debian are taken from. */
export interface Packages {
  readonly debian: Debian | undefined
}

/** What a way is started with. */
export interface WayGround {
  /** The compiled bench/load/relay.c. */
  readonly relay: string
  /** The port of the server to which it leads, on 127.0.0.1. */
  readonly server: number
  /** An empty folder of its own. */
  readonly scratch: string
  readonly certificate: Certificate
  /** Milliseconds that every byte between its parts takes; 0: none is added. */
  readonly delay: number
}

/** A way to a server that stands. */
export interface Way extends AsyncDisposable {
  readonly reached: Reached
  /** The roots of the process trees of its parts. */
  readonly pids: readonly number[]
}

/** One column of the table. */
export interface WayKind {
  readonly name: string
  readonly label: string
  readonly role: 'subject' | 'peer'
  readonly note: string
  /** Why it cannot run here; undefined: it can. */
  missing(): string | undefined
  version(): Promise<string>
  start(ground: WayGround): Promise<Way>
}

/** The port by which one part reaches another: its own, or that of a relay that takes its time. */
export async function partPort(
  stack: AsyncDisposableStack,
  { relay, delay }: WayGround,
  port: number,
): Promise<number> {
  if (delay === 0) return port
  const started = await startListening(relay, [String(port), String(delay)])
  stack.use(started.program)
  return started.port
}

/** Waits until something listens there. @throws {BenchError} with what the program said */
export async function untilListening(port: number, program: Program): Promise<void> {
  const end = performance.now() + LISTENING_MS
  while (performance.now() < end && !program.ended) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
  throw new BenchError(`nothing listens at port ${port}: ${program.errors}`)
}
