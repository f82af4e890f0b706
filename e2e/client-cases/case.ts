import type { ClientEvent, ClientOptions, FtpClient, FtpErrorCode, Phase } from '@portolan/client'
import type { FakeServer } from './fake-server.ts'
import type { Script } from './script.ts'

/** How an operation of the client has to fail. What is absent does not matter. */
export interface ExpectedError {
  readonly code: FtpErrorCode
  readonly phase?: Phase
  readonly retryable?: boolean
  readonly message?: RegExp
  readonly hint?: RegExp
  /** The code of the reply that explains it. */
  readonly reply?: number
}

/** What a case may use besides its client. */
export interface CaseContext {
  readonly server: FakeServer
  readonly events: readonly ClientEvent[]
  /** The path of a file in the target folder. */
  target(name: string): string
  /** Makes a local file to be sent, outside the target folder. */
  source(name: string, content: Buffer): Promise<string>
  /** Resolves when the server has received a line that begins so. */
  received(start: string): Promise<void>
  /** Resolves when the client has told of such an event. */
  told(type: ClientEvent['type']): Promise<void>
  /** Another client of the same server. */
  another(options?: Partial<ClientOptions>): FtpClient
  /** A file system of so many bytes, for cases that need mounts. */
  smallDisk(bytes: number): Promise<AsyncDisposable & { readonly path: string }>
  /** The error of an operation that has to fail. */
  failure(work: Promise<unknown>, expected: ExpectedError): Promise<void>
}

/** `mounts`: mounting file systems, as root may. */
type Need = 'mounts' | 'ipv6'

/** What is left of a file in the target folder: its content, its size, or a part of so many bytes beside the name. */
export type LocalFile = Buffer | string | number | { readonly part: number }

/** One misbehaviour of a server, and what the client has to make of it. */
export interface ClientCase {
  /** A sentence. */
  readonly name: string
  /** Where it comes from: a user’s report, an RFC, a rule of the client. */
  readonly why: string
  readonly server?: Script
  /** Over {@link BASE_OPTIONS}. */
  readonly client?: Partial<ClientOptions>
  /** Where the client dials instead of the server. */
  readonly at?: 'filtered' | 'closed'
  run(client: FtpClient, context: CaseContext): Promise<unknown>
  /** What the operation resolves with, as far as it is named here, or how it fails. */
  readonly expect: { readonly result: unknown } | { readonly error: ExpectedError }
  /** Everything in the target folder afterwards. Default: nothing. */
  readonly after?: Readonly<Record<string, LocalFile>>
  /** What the server has stored. */
  readonly stored?: Readonly<Record<string, Buffer | string>>
  /** How often the server received lines, by `VERB argument` or `VERB`. */
  readonly received?: Readonly<Record<string, number>>
  /** What the machine has to allow; the case is passed over where it does not. */
  readonly needs?: Need
  /** Control connections that were made. */
  readonly sessions?: number
  /** Codes of decisions, warnings and rungs left that have to be told; with `!`, that must not. */
  readonly events?: readonly string[]
  /** No hang: the outer bound in milliseconds. Default {@link WITHIN_MS}; the timers of a client last longer, unless the case sets them. */
  readonly withinMs?: number
}

/** The outer bound. A machine under load is slow; a client that hangs never ends. */
export const WITHIN_MS = 30_000

/** Timers far beyond the outer bound, so that only the one a case names can end it; no retries, unless a case asks. */
export const BASE_OPTIONS: Partial<ClientOptions> = {
  user: 'anonymous',
  timeouts: {
    connect: 100_000,
    greeting: 100_000,
    tls: 100_000,
    reply: 100_000,
    dataConnect: 100_000,
    dataProbe: 100_000,
    accept: 100_000,
    begin: 100_000,
    dataIdle: 100_000,
    completion: 100_000,
    explanation: 100_000,
    quit: 100_000,
  },
  retry: { retries: 0, firstDelay: 10, jitter: 0 },
}
