import type { Because } from '@portolan/channels'

/** How a transfer went, as the client was told. */
export type TransferVerdict = 'complete' | 'broken' | 'failed' | 'refused'

/** The session in which something happened. */
export interface SessionRef {
  /** Unique in the life of the server: worker, then a running number, such as `1-42`; `web-7` for the web client. */
  readonly session: string
  /** The client's address, as PROXY protocol or the socket gives it. */
  readonly address: string
  readonly user?: string
}

/** A transfer, when it starts and when it has ended. */
export interface TransferFacts {
  readonly command: string
  /** Virtual path; of a listing, the folder. */
  readonly path: string
  readonly direction: 'download' | 'upload' | 'listing'
  /** `web`: by the web client, without a data connection. */
  readonly mode: 'passive' | 'active' | 'web'
  /** The two ends of the data connection, as `address:port`. Of the web client: `web`, and the address alone. */
  readonly local: string
  readonly remote: string
  /** Why this data connection was made the way it was. */
  readonly because: Because
  readonly tls?: { readonly protocol: string; readonly reused: boolean }
}

/** What happens in a server, as typed objects. Logs, figures and audits are made from these and from nothing else. */
export type ServerEvent =
  | ({ readonly type: 'session-opened'; readonly listener: string; readonly tls: boolean } & SessionRef)
  | ({ readonly type: 'session-closed'; readonly seconds: number; readonly reason: string } & SessionRef)
  | ({ readonly type: 'tls'; readonly protocol: string; readonly cipher: string } & SessionRef)
  | ({ readonly type: 'tls-failed'; readonly text: string } & SessionRef)
  | ({ readonly type: 'login'; readonly userClass: string; readonly because: Because } & SessionRef)
  | ({ readonly type: 'login-failed'; readonly code: string; readonly text: string } & SessionRef)
  | {
      readonly type: 'refused'
      readonly address: string
      readonly listener: string
      readonly code: string
      readonly text: string
    }
  | ({
      readonly type: 'banned'
      /** What is kept out: the client's address, or the user name. */
      readonly kind: 'address' | 'user'
      readonly value: string
      /** Milliseconds since 1970. */
      readonly until: number
      readonly text: string
    } & Omit<SessionRef, 'session'>)
  | ({
      readonly type: 'command'
      readonly verb: string
      readonly argument: string
      readonly reply: number
      readonly ms: number
    } & SessionRef)
  | ({
      readonly type: 'data-agreed'
      readonly mode: 'passive' | 'active'
      readonly endpoint: string
      readonly because: Because
    } & SessionRef)
  | ({
      readonly type: 'data-failed'
      /** The transfer command, or the one that asked for a data connection. */
      readonly command: string
      readonly code: string
      readonly text: string
      readonly mode?: 'passive' | 'active'
      /** What the client was told, or has announced, as `address:port`. */
      readonly endpoint?: string
      /** Why it was told so. */
      readonly because?: Because
    } & SessionRef)
  | ({ readonly type: 'transfer-started' } & SessionRef & TransferFacts)
  | ({
      readonly type: 'transfer-ended'
      readonly bytes: number
      readonly ms: number
      readonly verdict: TransferVerdict
      readonly reply: number
      /** Of anything but `complete`: the sentence the client was told. */
      readonly text?: string
    } & SessionRef &
      TransferFacts)
  | ({
      readonly type: 'file'
      readonly change:
        | 'deleted'
        | 'renamed'
        | 'folder-made'
        | 'folder-removed'
        | 'copied'
        | 'linked'
        | 'attributes'
      readonly path: string
      readonly to?: string
    } & SessionRef)
  | { readonly type: 'worker-started'; readonly worker: number; readonly pid: number; readonly ports: string }
  | {
      readonly type: 'worker-lost'
      readonly worker: number
      readonly pid: number
      readonly sessions: number
      readonly text: string
    }
  | { readonly type: 'reloaded'; readonly text: string }
  | ({ readonly type: 'warning'; readonly code: string; readonly text: string } & Partial<SessionRef>)

/** An event of one session, before the session has put its name on it. */
export type SessionEvent = DistributiveOmit<
  Extract<ServerEvent, SessionRef> | Extract<ServerEvent, { type: 'warning' }>,
  keyof SessionRef
>

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never
