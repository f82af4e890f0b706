import type { ClientTls, Dialler } from '@portolan/channels'
import { parseQuotedPath, type Reply } from '@portolan/protocol'
import type { ControlConnection, SendOptions } from '../control/control-connection.ts'
import { showCommand } from '../control/control-connection.ts'
import type { DataAhead } from '../data/data-ahead.ts'
import { FtpError, replyError } from '../errors.ts'
import type { DecisionAbout } from '../events.ts'
import type { HostFacts } from '../host-memory.ts'
import type { ResolvedOptions } from '../options.ts'

/** Everything that a session is made of. */
export interface SessionParts {
  readonly number: number
  readonly control: ControlConnection
  readonly options: ResolvedOptions
  readonly facts: HostFacts
  readonly dialler: Dialler
  readonly tls: ClientTls | undefined
}

/**
 * One control connection that is logged in, and what the server believes of it: TYPE, PROT, folder. It does one thing at a
 * time; what runs in parallel takes sessions of its own. Its state is remembered, so that nothing is said twice.
 */
export class Session implements AsyncDisposable {
  /** Counted from 1, for the events. */
  readonly number: number
  readonly control: ControlConnection
  readonly options: ResolvedOptions
  readonly facts: HostFacts
  readonly dialler: Dialler
  /** Set when the control connection was made under TLS. */
  readonly tls: ClientTls | undefined
  /** PROT P: data connections are under TLS. */
  protection: 'clear' | 'private' = 'clear'
  /** The data connection that was agreed on ahead of its transfer. */
  ahead: DataAhead | undefined
  /** The representation type that the server has; undefined before the first TYPE. */
  #type: 'A' | 'I' | undefined
  /** The folder that this session was last sent to; undefined: that of the login. */
  #folder: string | undefined
  #home: string | undefined

  constructor(parts: SessionParts) {
    this.number = parts.number
    this.control = parts.control
    this.options = parts.options
    this.facts = parts.facts
    this.dialler = parts.dialler
    this.tls = parts.tls
  }

  /** Whether it can take another command. */
  get usable(): boolean {
    return this.control.error === undefined
  }

  /** Whether FEAT names a feature. Never relied on for EPSV, which servers list and refuse. */
  has(feature: string): boolean {
    return this.facts.features?.has(feature) ?? false
  }

  /** Sends a command and hands back its final reply, whatever it says. */
  ask(
    verb: string,
    argument: string | undefined,
    signal: AbortSignal,
    options?: SendOptions,
  ): Promise<Reply> {
    return this.control.ask(verb, argument, signal, options)
  }

  /**
   * Sends a command that has to succeed.
   *
   * @throws {FtpError} `FTP_REPLY` for a reply from 400 on
   */
  async command(
    verb: string,
    argument: string | undefined,
    signal: AbortSignal,
    options?: SendOptions,
  ): Promise<Reply> {
    const reply = await this.ask(verb, argument, signal, options)
    if (reply.code >= 400) throw replyError(showCommand(verb, argument), reply)
    return reply
  }

  /** TYPE, unless the server has it already. */
  async setType(type: 'A' | 'I', signal: AbortSignal): Promise<void> {
    if (this.#type === type) return
    await this.command('TYPE', type, signal)
    this.#type = type
  }

  /** Where this session was sent to; undefined: the folder of the login. */
  get folder(): string | undefined {
    return this.#folder
  }

  /** Goes to the folder in which relative paths are meant; undefined is that of the login. */
  async enter(folder: string | undefined, signal: AbortSignal): Promise<void> {
    if (this.#folder === folder) return
    const path = folder ?? this.#home
    if (path === undefined) return
    await this.command('CWD', path, signal)
    this.#folder = folder
  }

  /** CWD, and where that leads by PWD. */
  async changeFolder(path: string, signal: AbortSignal): Promise<string> {
    await this.home(signal)
    await this.command('CWD', path, signal)
    this.#folder = await this.workingFolder(signal)
    return this.#folder
  }

  /** PWD. @throws {FtpError} `FTP_PROTOCOL` for a 257 without a path */
  async workingFolder(signal: AbortSignal): Promise<string> {
    const reply = await this.command('PWD', undefined, signal)
    const path = pathIn(reply.lines[0])
    if (path === undefined)
      throw new FtpError('FTP_PROTOCOL', 'The reply to PWD holds no path.', {
        phase: 'command',
        command: 'PWD',
        reply,
      })
    return path
  }

  /** The folder of the login, asked once. */
  async home(signal: AbortSignal): Promise<string> {
    this.#home ??= await this.workingFolder(signal)
    return this.#home
  }

  /** Tells what was decided, and why. */
  decide(about: DecisionAbout, because: { readonly code: string; readonly text: string }): void {
    this.options.emit({ type: 'decision', session: this.number, about, because })
  }

  warn(code: string, text: string): void {
    this.options.emit({ type: 'warning', session: this.number, because: { code, text } })
  }

  /** Waits, bounded, until what was sent ahead is answered. @returns whether the session can be used then */
  async inStep(): Promise<boolean> {
    await this.ahead?.exchange.final.catch(() => {})
    return this.usable
  }

  /** QUIT, bounded. */
  async close(): Promise<void> {
    this.dropAhead()
    await this.control.close()
  }

  /** Ends it now; every wait gets this error. */
  destroy(error: FtpError): void {
    this.dropAhead()
    this.control.destroy(error)
  }

  dropAhead(): void {
    this.ahead?.drop()
    this.ahead = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** RFC 959 appendix II puts the path in quotes first; others say a few words before it, or leave the quotes out. */
function pathIn(text: string): string | undefined {
  const quote = text.indexOf('"')
  const quoted = quote < 0 ? undefined : parseQuotedPath(text.slice(quote))?.path
  // Without quotes only what looks like a path is one: `/home/alice`, `DISK$USER:[ALICE]`.
  return quoted || /(?:^|\s)(\/\S*|[\w$]+:\[\S*\])/.exec(text)?.[1]
}
