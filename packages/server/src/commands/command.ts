import type { Reply } from '@portolan/protocol'
import type { Permission } from '../policy/permissions.ts'
import type { Session } from '../session/session.ts'

/** What a handler gets: the argument as sent, and the path it names where the row has `path`. */
export interface CommandCall {
  /** With those it goes by: `SITE PROBE ECHO`. */
  readonly verb: string
  readonly argument: string
  /** Absolute, normalised; the current folder when the argument is absent. Empty for rows without `path`. */
  readonly path: string
  /** The whole line, as it was sent. */
  readonly line: string
}

/**
 * A row of the command table. The login check, the argument check, the permission check, HELP, FEAT and the rule of
 * what may run beside a transfer all read it; the dispatcher never tests a command by name.
 */
export interface Command {
  /** Sessions that may use it: `any` needs no login. */
  readonly login: 'any' | 'required'
  readonly argument: 'none' | 'optional' | 'required'
  /** Shown by HELP and in the reply to a wrong argument. */
  readonly syntax: string
  /** Lines that FEAT shows for it; a function where they depend on the session. */
  readonly features?: readonly string[] | ((session: Session) => readonly string[])
  /** The argument is a path; `needs` is checked on it. */
  readonly path?: { readonly needs?: Permission }
  /**
   * Beside a running transfer, where most commands wait until it has ended: `now`: answered at once; `aborts`: ends it.
   */
  readonly duringTransfer?: 'now' | 'aborts'
  /** It moves data: the dispatcher goes on reading while it runs. */
  readonly transfers?: true
  run(session: Session, call: CommandCall): Promise<Reply> | Reply
}

/** Rows by verb. */
export type Commands = Readonly<Record<string, Command>>

/** A handler's refusal: thrown anywhere below `run`, answered as this reply. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly reply: Reply

  constructor(reply: Reply) {
    super(reply.lines[0])
    this.reply = reply
  }
}
