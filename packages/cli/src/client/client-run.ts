import type { ClientEvent, FtpError } from '@portolan/client'
import { explainError, UserError } from '../user-error.ts'
import type { ConnectionFlags, OutputFlags } from './client-flags.ts'
import type { ClientIo } from './client-io.ts'
import { exitCodeOf, exitCodeOfRun, isFtpError } from './exit-codes.ts'
import { hintWithFlags } from './flag-advice.ts'
import { type Interrupt, listenForInterrupt } from './interrupt.ts'
import { type Remote, Remotes, type Server } from './remotes.ts'
import type { Report, ReportEvent } from './report.ts'
import { JsonReport } from './report-json.ts'
import { LineReport } from './report-lines.ts'
import { dialogueLines, EventLog } from './session-log.ts'
import { stopSentence } from './stop-sentence.ts'
import { type Stopped, Tally } from './tally.ts'

/** The flags that every command of the client has. */
export type CommonFlags = ConnectionFlags & OutputFlags

/** What a command says of itself. */
export interface RunOptions {
  /** Sessions at once with each server. Default 1. */
  readonly connections?: number
  /** Whether it moves bytes, so that there is progress to show. Default false. */
  readonly transfers?: boolean
  /** What has to be added to the command so that it goes on where it was stopped, such as `--resume`. */
  readonly resumeWith?: string
}

/** Where a failure belongs, and what was kept of a transfer. */
export interface FailureAbout {
  readonly task?: number
  readonly name?: string
  readonly server?: Server
  readonly kept?: number
}

/** Before anything else could be said to a server: the next try would end in the same way, or lock the user out. */
const BROKEN_PHASES = new Set(['settings', 'connect', 'greeting', 'tls', 'login'])

/** One run of a command: its servers, what it tells, what became of it. */
export class ClientRun {
  readonly flags: CommonFlags
  readonly remotes: Remotes
  #io: ClientIo
  #signal: AbortSignal
  #tally = new Tally()
  #report: Report
  readonly #log: EventLog | undefined
  readonly #warned = new Set<string>()

  constructor(
    io: ClientIo,
    flags: CommonFlags,
    parts: { report: Report; signal: AbortSignal; connections: number },
  ) {
    this.#io = io
    this.flags = flags
    this.#signal = parts.signal
    this.#report = parts.report
    this.#log = flags.log === undefined ? undefined : new EventLog(flags.log)
    this.remotes = new Remotes({
      flags,
      io,
      connections: parts.connections,
      warn: text => this.tell({ event: 'warning', code: 'unsafe', text }),
      onEvent: (server, event) => this.#take(server, event),
    })
  }

  get io(): ClientIo {
    return this.#io
  }

  get signal(): AbortSignal {
    return this.#signal
  }

  get tally(): Tally {
    return this.#tally
  }

  get json(): boolean {
    return this.flags.json === true
  }

  /** Begins another piece of work with the same servers: a command of the shell. */
  renew(parts: { readonly io: ClientIo; readonly report: Report; readonly signal: AbortSignal }): void {
    this.#io = parts.io
    this.#report = parts.report
    this.#signal = parts.signal
    this.#tally = new Tally()
  }

  /** Whatever was asked for is written to standard output: as the event with `--json`, else as the line. */
  answer(event: ReportEvent, line: string): void {
    if (this.json) this.tell(event)
    else this.io.out(line)
  }

  tell(event: ReportEvent): void {
    this.#report.take(event)
  }

  /** Runs one piece of work; its failure is told and does not end the others. Answers whether it went well. */
  async attempt(name: string, work: () => Promise<void>): Promise<boolean> {
    if (this.signal.aborted) return false
    try {
      await work()
      this.tally.done++
      return true
    } catch (error) {
      this.fail(error, { name })
      return false
    }
  }

  /** The same for something on a server. Once that cannot be reached, or does not let us in, nothing more of it is tried. */
  async attemptAt(remote: Remote, work: () => Promise<void>): Promise<boolean> {
    const { server, path } = remote
    if (this.signal.aborted) return false
    if (server.broken) {
      this.tally.notTried++
      return false
    }
    try {
      await work()
      this.tally.done++
      return true
    } catch (error) {
      this.fail(error, { name: path, server })
      return false
    }
  }

  /** Counts and tells a failure. What was stopped by the person is none. */
  fail(error: unknown, about: FailureAbout = {}): void {
    if (this.signal.aborted) return
    const { server, kept: _kept, ...of } = about
    if (server && isFtpError(error) && BROKEN_PHASES.has(error.phase)) server.broken ??= error
    this.tally.failures.push(error)
    this.tell(failureEvent(error, server?.broken ? {} : of))
  }

  /** Logs in once before many do so at once: a wrong password tried by eight sessions locks people out. */
  async reach(remotes: readonly Remote[]): Promise<void> {
    for (const server of new Set(remotes.map(remote => remote.server))) {
      if (this.signal.aborted) return
      await server.client.connect({ signal: this.signal }).catch(error => this.fail(error, { server }))
    }
  }

  stopped(one: Stopped & { readonly task: number }): void {
    this.tally.stopped.push(one)
    this.tell({ event: 'stopped', task: one.task, name: one.name, kept: one.kept })
  }

  async close(): Promise<void> {
    await this.remotes[Symbol.asyncDispose]()
    this.#log?.[Symbol.dispose]()
  }

  #take(server: string, event: ClientEvent): void {
    this.#log?.write(server, event)
    if (this.flags.verbose) for (const line of dialogueLines(event)) this.io.err(line)
    switch (event.type) {
      case 'decision':
        this.tell({ event: 'decision', about: event.about, ...event.because })
        break
      case 'warning':
        this.#warn(event.because)
        break
      case 'retry': {
        const { what, attempt, delayMs, error } = event
        this.tell({ event: 'retry', what, attempt, delayMs, message: error.message })
        break
      }
    }
  }

  /** Once each: eight sessions would say it eight times. That the server has no TLS interests whoever sits there. */
  #warn({ code, text }: { readonly code: string; readonly text: string }): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    if (code === 'password-in-clear' && !this.io.errIsTerminal && !this.json) return
    this.tell({ event: 'warning', code, text })
  }
}

/** Runs a command from its flags to its exit code. Failures are told, never thrown. */
export async function runClient(
  flags: CommonFlags,
  io: ClientIo,
  options: RunOptions,
  work: (run: ClientRun) => Promise<void>,
): Promise<number> {
  const report = await chooseReport(flags, io, options.transfers ?? false)
  const pipe = new AbortController()
  const onPipe = (error: NodeJS.ErrnoException) => error.code === 'EPIPE' && pipe.abort()
  io.stdout.on('error', onPipe)
  using interrupt = listenForInterrupt()
  const signal = AbortSignal.any([interrupt.signal, pipe.signal])
  const begun = performance.now()
  let run: ClientRun | undefined
  try {
    run = new ClientRun(io, flags, { report, signal, connections: options.connections ?? 1 })
    await work(run)
  } catch (error) {
    if (run) run.fail(error)
    else report.take(failureEvent(error, {}))
  }
  await run?.close()
  const exit = run ? exitOf(run, interrupt) : exitCodeOf(new UserError(''))
  if (run) {
    const { done, files, failures, notTried, bytes } = run.tally
    const ms = Math.round(performance.now() - begun)
    const { mirror } = run.tally
    const failed = failures.length
    report.take({
      event: 'summary',
      done,
      files,
      failed,
      notTried,
      bytes,
      ms,
      exit,
      ...(mirror && { mirror }),
    })
  }
  report.close()
  if (interrupt.exitCode !== undefined && run && !flags.json)
    io.err(stopSentence(run.tally, options.resumeWith))
  io.stdout.off('error', onPipe)
  return exit
}

function exitOf({ tally, signal }: ClientRun, interrupt: Interrupt): number {
  if (interrupt.exitCode !== undefined) return interrupt.exitCode
  // Whoever read our output has enough: that is no failure.
  if (signal.aborted) return 0
  return exitCodeOfRun(tally.done, tally.failures)
}

/** Bars where a person looks on and bytes move, else lines; JSON where it was asked for. */
export async function chooseReport(flags: OutputFlags, io: ClientIo, transfers: boolean): Promise<Report> {
  if (flags.json) return new JsonReport(line => io.out(line))
  const bars = transfers && io.errIsTerminal && !flags.quiet && !flags.verbose
  // Bars are code that pipes and scripts need not load.
  if (bars) return new (await import('./report-bars.ts')).BarReport(io.stderr)
  return new LineReport(line => io.err(line), flags.quiet ?? false)
}

/** A failure as it is told. */
function failureEvent(error: unknown, about: { task?: number; name?: string }): ReportEvent {
  const exit = exitCodeOf(error)
  if (isFtpError(error)) return { event: 'failed', ...named(about, error), ...ftpFacts(error), exit }
  const code = error instanceof UserError ? 'USAGE' : 'INTERNAL'
  return { event: 'failed', ...about, code, message: explainError(error).text, exit }
}

/** A sentence that names the file already need not begin with it. */
function named(about: { task?: number; name?: string }, { message }: FtpError) {
  const { name, ...rest } = about
  return name === undefined || name === '' || message.includes(name) ? rest : about
}

function ftpFacts(error: FtpError) {
  const hint = hintWithFlags(error)
  return { code: error.code, message: error.message, ...(hint !== undefined && { hint }) }
}
