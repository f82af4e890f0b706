import { CommanderError } from 'commander'
import { UserError } from '../../user-error.ts'
import type { ClientIo } from '../client-io.ts'
import { ClientRun, type CommonFlags, chooseReport } from '../client-run.ts'
import { CLIENT_EXIT, exitCodeOfRun } from '../exit-codes.ts'
import { stopSentence } from '../stop-sentence.ts'
import { findCommand } from './command-table.ts'
import { parseLine } from './commands.ts'
import { Place } from './place.ts'
import { readWords } from './words.ts'

/** A shell: runs lines one after the other, each with its own end. */
export class Shell implements AsyncDisposable {
  readonly run: ClientRun
  readonly place: Place
  readonly #io: ClientIo
  #stop = new AbortController()
  #left = false

  private constructor(io: ClientIo, run: ClientRun) {
    this.#io = io
    this.run = run
    this.place = new Place(io.cwd)
  }

  static async start(io: ClientIo, flags: CommonFlags): Promise<Shell> {
    const report = await chooseReport(flags, io, false)
    const signal = new AbortController().signal
    return new Shell(io, new ClientRun(io, flags, { report, signal, connections: 4 }))
  }

  /** Whether `exit` was said. */
  get left(): boolean {
    return this.#left
  }

  leave(): void {
    this.#left = true
  }

  /** Ends the line that is running. */
  stop(): void {
    this.#stop.abort()
  }

  /** Runs a line, and answers its exit code. Failures are told, never thrown. */
  async line(text: string): Promise<number> {
    return this.#do(async () => {
      const [name, ...words] = readWords(text)
      if (name === undefined) return
      const command = findCommand(name)
      if (!command) throw new UserError(`There is no command ${name}: help tells which there are`)
      const parsed = parseLine(command, words, line => this.#io.err(line))
      await command.run(this, parsed.words, parsed.flags)
      if (command.completes !== undefined) this.place.names.clear()
    }, isTransfer(text))
  }

  /** Connects to a URL, and answers an exit code. */
  open(url: string): Promise<number> {
    return this.#do(() => this.place.open(this.run, url), false)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run.close()
  }

  async #do(work: () => Promise<void>, transfers: boolean): Promise<number> {
    this.#stop = new AbortController()
    const { run } = this
    const { signal } = this.#stop
    const report = await chooseReport(run.flags, this.#io, transfers)
    run.renew({ io: { ...this.#io, cwd: this.place.cwd }, report, signal })
    try {
      await work()
    } catch (error) {
      if (error instanceof CommanderError) return error.exitCode === 0 ? CLIENT_EXIT.done : CLIENT_EXIT.usage
      run.fail(error)
    } finally {
      report.close()
    }
    if (!signal.aborted) return exitCodeOfRun(run.tally.done, run.tally.failures)
    this.#io.err(stopSentence(run.tally))
    return CLIENT_EXIT.interrupted
  }
}

function isTransfer(line: string): boolean {
  return findCommand(/^\s*(\S+)/.exec(line)?.[1] ?? '')?.transfers ?? false
}
