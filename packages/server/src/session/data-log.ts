import type { DataConnection } from '@portolan/channels'
import { formatEndpoint } from '@portolan/protocol'
import type { TransferVerdict } from '../events.ts'
import type { DataConnectionInfo } from '../inspect.ts'

/** Data connections that are over and still told of. */
const MAX_OVER = 20

/** What a data connection is used for. */
export interface DataUse {
  readonly command: string
  readonly path: string
  readonly direction: DataConnectionInfo['direction']
  /** Bytes expected in all, where that is known. */
  readonly total?: number | undefined
}

interface Open {
  readonly use: DataUse
  readonly connection: DataConnection
  readonly since: number
}

type Described = Omit<DataConnectionInfo, 'session' | 'user'>

/** The data connections of one session: the one that stands, and the last ones that are over. */
export class DataLog {
  #open: Open | undefined
  #over: Described[] = []

  /** The local port of the connection that stands, and how it came to be. */
  get standing(): { readonly mode: 'passive' | 'active'; readonly port: number } | undefined {
    const { connection } = this.#open ?? {}
    return connection && { mode: connection.mode, port: connection.local.port }
  }

  /** TCP stands. A session has one data connection at a time. */
  begin(use: DataUse, connection: DataConnection): void {
    this.#open = { use, connection, since: Date.now() }
  }

  /** The connection that stands is over; without one nothing happens. Keeps what it was, not the connection itself. */
  end(verdict: TransferVerdict, bytes: number, text?: string): void {
    if (!this.#open) return
    const ended = { at: Date.now(), verdict, ...(text !== undefined && { text }) }
    this.#over = [{ ...describe(this.#open, bytes), ended }, ...this.#over].slice(0, MAX_OVER)
    this.#open = undefined
  }

  /** @param bytes - moved so far on the one that stands */
  open(bytes: number): readonly Described[] {
    return this.#open ? [describe(this.#open, bytes)] : []
  }

  /** The last that are over, the newest first. */
  get over(): readonly Described[] {
    return this.#over
  }

  /** Forgets what is over: another user may log in. */
  clear(): void {
    this.#over = []
  }
}

function describe({ use, connection, since }: Open, bytes: number): Described {
  const { mode, local, remote, because, tls } = connection
  return {
    command: use.command,
    path: use.path,
    direction: use.direction,
    mode,
    local: formatEndpoint(local),
    remote: formatEndpoint(remote),
    because,
    tls: tls && { protocol: tls.protocol, reused: tls.reused },
    since,
    bytes,
    ...(use.total !== undefined && { size: use.total }),
  }
}
