import type { Socket } from 'node:net'
import type { Settings } from '@portolan/settings'
import type { ServerEvent } from './events.ts'
import type { DataConnectionInfo, PortInfo, SessionDetail } from './inspect.ts'
import type { Account } from './policy/account.ts'
import type { ReplyKey, ReplyValues } from './replies.ts'

/** A reply that the controller chose for a session. */
export interface Refusal {
  readonly key: ReplyKey
  readonly values?: ReplyValues
  /** The control connection is closed after the reply. */
  readonly close: boolean
}

/** What a worker tells when somebody wants in. */
export interface LoginAsk {
  readonly session: string
  readonly listener: string
  readonly address: string
  readonly user: string
  readonly password: string
  readonly tls: boolean
}

export type LoginAnswer =
  | { readonly kind: 'accepted'; readonly account: Account }
  | ({ readonly kind: 'refused' } & Refusal)

/** What a worker may decide about USER by itself. */
export interface UserHints {
  /** Anonymous access is on. */
  readonly anonymous: boolean
  /** Some users may log in under TLS only: in the clear, the controller is asked before a password travels. */
  readonly someNeedTls: boolean
}

/** PEM texts, read by the controller. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly clientCa?: string
}

/** The part of the passive range that a worker owns. */
export interface PortSlice {
  readonly basePort: number
  readonly numberOfPorts: number
}

/** All that a worker works by. Replaced whole by a reload; holds no user, no password. */
export interface WorkerConfig {
  readonly worker: number
  readonly settings: Omit<Settings, 'users' | 'groups' | 'anonymous'>
  readonly certificate: Certificate | undefined
  readonly users: UserHints
  /** Absent when passive mode is off. */
  readonly passive: PortSlice | undefined
  /** Addresses the data listeners bind to. */
  readonly dataHosts: readonly string[]
}

/** Where a control connection came in. */
export interface Arrival {
  /** What the worker answers with, once it has the socket. */
  readonly ticket: number
  readonly listener: string
  /** Set when the controller has counted the connection already; absent behind PROXY protocol, where only the worker learns the address. */
  readonly admitted: string | undefined
}

/** A transfer that runs. */
interface RunningTransfer {
  readonly command: string
  readonly path: string
  readonly bytes: number
  readonly direction?: 'download' | 'upload' | 'listing'
  /** Absent until the data connection stands. */
  readonly mode?: 'passive' | 'active'
  /** Bytes of the whole, where that is known before the end: downloads. */
  readonly size?: number
}

/** One live session, as SITE WHO and the administrator see it. */
export interface SessionInfo {
  readonly session: string
  readonly worker: number
  readonly user: string | undefined
  /** Of a user that is logged in. */
  readonly userClass?: string | undefined
  readonly address: string
  readonly listener: string
  readonly tls: boolean
  /** Milliseconds since 1970. */
  readonly since: number
  /** The running transfer, if any. */
  readonly transfer: RunningTransfer | undefined
  readonly idleMs: number
}

/** The ports of one worker. Those that are free are left out. */
export interface WorkerPorts {
  readonly passive: readonly PortInfo[]
  readonly active: readonly PortInfo[]
  /** Sessions that wait for a free passive port. */
  readonly waiting: number
}

/** Numbers of one worker. */
export interface WorkerFigures {
  readonly sessions: number
  readonly transfers: number
  /** Bytes of data connections since the worker started, those that are open included. */
  readonly sent: number
  readonly received: number
  readonly passive: {
    readonly listening: number
    readonly reserved: number
    readonly waiting: number
    readonly refused: number
    readonly strangers: number
  }
  readonly residentBytes: number
  /** The longest time the event loop was held since the last reading, in milliseconds. */
  readonly loopHeldMs: number
}

/** What a worker may ask of the controller. The same in one process and across two. */
export interface ControllerLink {
  /** The socket of this arrival is in the worker's hands. */
  adopted(ticket: number): void
  /** Counts a connection against the limits; answers the session's name, or why not. */
  admit(ask: { listener: string; address: string }): Promise<{ session: string } | Refusal>
  /** The session is over: its place is free again. */
  released(session: string): void
  /** Whether this user may log in under TLS only. Whether the name exists is not told. */
  needsTls(user: string): Promise<boolean>
  login(ask: LoginAsk): Promise<LoginAnswer>
  /** REIN: the session stays, its user does not. */
  loggedOut(session: string): void
  /**
   * Grants up to `bytes` more (and `files` new files) to a user with a quota, fewer when little is left so that uploads
   * side by side all find room. Fewer than `need`: the quota is used up.
   */
  reserveQuota(ask: {
    user: string
    bytes: number
    need: number
    files: number
  }): Promise<{ bytes: number; files: number }>
  /** Gives back what was reserved and not used, and takes off what was deleted. Negative numbers free. */
  settleQuota(ask: { user: string; bytes: number; files: number }): void
  /** What is left of the user's quota; absent: no limit. */
  quotaLeft(user: string): Promise<{ bytes?: number; files?: number }>
  /** Takes bytes from the user's rate; answers how many milliseconds to wait for them. */
  takeRate(ask: {
    user: string
    direction: 'upload' | 'download'
    bytes: number
    perSecond: number
  }): Promise<number>
  sessions(): Promise<readonly SessionInfo[]>
  /** Data ports of an earlier configuration are not needed any more: another worker may have them. */
  portsReleased(): void
  events(events: readonly ServerEvent[]): void
}

/** What the controller tells a worker. */
export interface WorkerLink {
  /**
   * Gets ready for a configuration: opens data ports that it needs and that are not there. Rejects when it cannot be
   * had, and nothing has changed.
   * @param held - ports that other workers hold, and let go of once they are configured
   */
  prepare(config: WorkerConfig, held?: PortSlice): Promise<void>
  /** Takes a configuration, the prepared one or another; resolves when it is in force. */
  configure(config: WorkerConfig): Promise<void>
  /** Gives the prepared configuration up. */
  discard(): Promise<void>
  /** Tries data ports again that could not be had. Answers what the system refuses, as warnings. */
  claimPorts(): Promise<{ warnings: readonly string[] }>
  adopt(arrival: Arrival, socket: Socket): void
  /** Stops: running transfers may finish for `ms` milliseconds, then they are broken off. Resolves when no session is left. */
  drain(ms: number): Promise<void>
  kick(session: string): Promise<boolean>
  sessions(): Promise<readonly SessionInfo[]>
  session(id: string): Promise<SessionDetail | undefined>
  /** Those that are open. */
  dataConnections(): Promise<readonly DataConnectionInfo[]>
  ports(): Promise<WorkerPorts>
  figures(): Promise<WorkerFigures>
}
