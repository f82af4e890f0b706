import type { BreakCause } from '@portolan/channels'
import { type Line, parseCommand, type Reply } from '@portolan/protocol'
import type { Command, CommandCall } from '../commands/command.ts'
import { execute } from '../commands/execute.ts'
import { commandOf } from '../commands/table.ts'
import { CommandPace } from '../policy/command-pace.ts'
import { replyForError } from '../reply-for-error.ts'
import { MAX_COMMAND_LINE } from './control.ts'
import type { Session } from './session.ts'

/** Verbs of other protocols that browsers and scanners send: a web page must not drive an FTP server (cross-protocol attack). */
const NOT_FTP = /^(GET|POST|PUT|HEAD|DELETE|OPTIONS|CONNECT|TRACE|PATCH|EHLO|HELO|PRI|SSH)\b/

const ABORTED: BreakCause = { code: 'aborted', text: 'ABOR was sent' }

/**
 * Answers the lines of a control connection: in order, one final reply for each. A transfer runs beside it, so that
 * ABOR, STAT and NOOP are answered while bytes move; other lines wait until it has had its reply.
 */
export class Dispatcher {
  readonly #session: Session
  readonly #pace: CommandPace
  /** The transfer command that runs, until its final reply is out. */
  #transferring: Promise<void> | undefined
  /** Set when the running transfer command was told to stop before it had anything to stop. */
  #abortCause: BreakCause | undefined
  #advancing = false
  #answering = false
  /** When the last command was answered: a long command is no idleness. */
  lastAnswer = Date.now()

  constructor(session: Session, commandsPerSecond: number) {
    this.#session = session
    this.#pace = new CommandPace(commandsPerSecond)
  }

  /** The transfer command that runs; resolves once its final reply is out. */
  get transferring(): Promise<void> | undefined {
    return this.#transferring
  }

  /** True while a command is carried out. */
  get busy(): boolean {
    return this.#answering || this.#transferring !== undefined
  }

  /** Why the running transfer has to stop, if it has to. */
  get abortCause(): BreakCause | undefined {
    return this.#abortCause
  }

  /** Takes waiting lines, as far as a running transfer lets them through. */
  async advance(): Promise<void> {
    if (this.#transferring) this.#abortIfAsked()
    if (this.#advancing) return
    this.#advancing = true
    try {
      const { control } = this.#session
      while (!control.closing) {
        const [first] = control.waiting
        if (!first) break
        if (this.#transferring && !passesTransfer(first)) {
          await this.#transferring
          continue
        }
        const wait = this.#pace.take(Date.now())
        if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
        const line = control.next()
        if (line) await this.#answer(line)
      }
      if (control.ended && !control.closing) this.#clientLeft()
    } finally {
      this.#advancing = false
    }
  }

  /** Ends the running transfer, or the one that is about to begin. */
  abort(cause: BreakCause): void {
    if (!this.#transferring) return
    this.#abortCause = cause
    this.#session.transfer?.abort(cause)
  }

  /** ABOR: ends the running transfer and resolves once its own reply is out. Answers whether there was one. */
  async abortTransfer(): Promise<boolean> {
    const transferring = this.#transferring
    if (!transferring) return false
    this.abort(ABORTED)
    await transferring
    return true
  }

  /** The client sent its end. A transfer it did not wait for is broken off, unless QUIT waits to say that it does. */
  #clientLeft(): void {
    const { control } = this.#session
    const close = () => control.close('the client closed the connection')
    if (!this.#transferring) return close()
    this.abort({ code: 'aborted', text: 'the control connection ended during the transfer' })
    void this.#transferring.finally(close)
  }

  /** ABOR acts at once, even where its reply has to wait for the replies to lines before it. */
  #abortIfAsked(): void {
    if (this.#session.control.waiting.some(line => rowOf(line)?.duringTransfer === 'aborts'))
      this.abort(ABORTED)
  }

  async #answer(line: Line): Promise<void> {
    const { control } = this.#session
    if (line.kind === 'too-long') {
      return control.send(this.#session.say('command.too-long', { bytes: MAX_COMMAND_LINE }))
    }
    const parsed = parseCommand(line.text)
    const command = parsed && commandOf(parsed.verb)
    if (!command) return this.#refuse(line.text, parsed?.verb)
    const work = this.#run({ ...parsed, line: line.text }, command)
    if (!command.transfers) return work
    this.#transferring = work.finally(() => {
      this.#transferring = undefined
      this.#abortCause = undefined
      void this.advance()
    })
  }

  #refuse(text: string, verb: string | undefined): void {
    const session = this.#session
    const [other] = NOT_FTP.exec(text) ?? []
    if (other) {
      const reason = `the client speaks another protocol: ${other}`
      return session.finish(session.say('command.not-ftp', { verb: other }), reason)
    }
    session.control.send(verb ? session.say('command.unknown', { verb }) : session.say('command.garbage'))
  }

  /** One line, exactly one final reply. */
  async #run(call: Omit<CommandCall, 'path'>, command: Command): Promise<void> {
    const { verb, argument } = call
    const session = this.#session
    const started = performance.now()
    this.#answering = true
    const answer = await execute(session, call, command).catch((error: unknown) =>
      this.#replyFor(error, verb),
    )
    this.#answering = false
    this.lastAnswer = Date.now()
    session.control.send(answer)
    if (session.context.reportCommands) {
      const shown = verb === 'PASS' || verb === 'ACCT' ? '***' : argument
      const ms = performance.now() - started
      session.emit({ type: 'command', verb, argument: shown, reply: answer.code, ms })
    }
    if (answer.code === 421 || answer.code === 221 || session.closeAfterReply) {
      session.control.close(answer.code === 221 ? 'QUIT' : answer.lines[0])
    }
    await session.takeAfterReply()?.()
  }

  #replyFor(error: unknown, verb: string): Reply {
    const known = replyForError(error, this.#session.context.texts)
    if (known) return known
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.#session.emit({ type: 'warning', code: 'command-failed', text: `${verb}: ${text}` })
    return this.#session.say('command.failed')
  }
}

function rowOf(line: Line): Command | undefined {
  const verb = line.kind === 'line' ? parseCommand(line.text)?.verb : undefined
  return verb === undefined ? undefined : commandOf(verb)
}

function passesTransfer(line: Line): boolean {
  return rowOf(line)?.duringTransfer !== undefined
}
