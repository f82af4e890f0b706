import type { Socket } from 'node:net'
import { createDialler, DialError, type DialOutcome } from '@portolan/channels'
import { STATUS, type Status, type StatusCode } from '../codes.ts'
import { Names, type NamesOptions } from './names.ts'

/** Milliseconds that a server may take to accept, with looking its name up. */
const DIAL_MS = 5_000

/** Connects to a server. @throws {DialError} within its bound */
export type DialServer = (target: { host: string; port: number }, signal: AbortSignal) => Promise<Socket>

/** Makes connections to servers; names are remembered for a while. The socket is paused, and may be half open. */
export function createServerDialler(dialMs = DIAL_MS, names: NamesOptions = {}): DialServer {
  const dialler = createDialler({ lookup: new Names(names).lookup })
  return (target, signal) => dialler.dial(target, { signal, timeoutMs: dialMs, paused: true })
}

const CODES: Readonly<Partial<Record<DialOutcome, StatusCode>>> = {
  refused: 'SRV_REFUSED',
  timeout: 'SRV_TIMEOUT',
  name: 'SRV_NAME_NOT_FOUND',
  reset: 'SRV_RESET',
}

/** Why a server could not be reached, as an edge is told. */
export function dialStatus(error: unknown): Status {
  const code = (error instanceof DialError && CODES[error.outcome]) || 'SRV_UNREACHABLE'
  const said = error instanceof Error ? error.message : String(error)
  return { code, text: `${STATUS[code]} From the connector: ${said}.` }
}
