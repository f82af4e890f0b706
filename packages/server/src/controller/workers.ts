import { type ChildProcess, fork } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import type { Socket } from 'node:net'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ServerError } from '../errors.ts'
import { type Channel, connect } from '../ipc.ts'
import type { Arrival, ControllerLink, PortSlice, WorkerConfig, WorkerLink } from '../link.ts'
import { Worker } from '../worker/worker.ts'

const ENTRY = fileURLToPath(new URL('../worker/process.ts', import.meta.url))
/** Threads for file calls of each worker: Node's four are few when many uploads wait for the disk at once. */
const THREADS = '8'
/** How long a worker may take from its start to standing ports. */
const START_MS = 30_000
/** A worker that dies is replaced after this long; longer each time while it dies again at once. */
const RESTART_MS = 100
const RESTART_CEILING_MS = 30_000
/** A worker that lived this long is not one that dies at once. */
const STABLE_MS = 60_000

/** What the pool tells its owner. */
export interface WorkersObserver {
  started(worker: number, pid: number): void
  lost(worker: number, pid: number, text: string): void
  warning(text: string): void
  linkFor(worker: number): ControllerLink
  configFor(worker: number): WorkerConfig
}

/** A worker, in this process or in one of its own. */
interface Member {
  readonly index: number
  link: WorkerLink | undefined
  child: ChildProcess | undefined
  restartMs: number
  /** Connections on their way to the worker: if it dies before it has them, nobody else would close them. */
  readonly handed: Map<number, Socket>
}

/** The workers of a server. One that dies takes its own sessions with it and is replaced; the others do not notice. */
export class Workers {
  readonly #observer: WorkersObserver
  readonly #members: Member[]
  readonly #processes: boolean
  #closing = false
  /** Counts the configurations. */
  #generation = 0
  #tickets = 0

  /** @param processes - false runs the one worker in this process: for tests, and for programs that embed a server */
  constructor(count: number, processes: boolean, observer: WorkersObserver) {
    this.#observer = observer
    this.#processes = processes
    this.#members = Array.from({ length: processes ? count : 1 }, (_, index) => ({
      index: index + 1,
      link: undefined,
      child: undefined,
      restartMs: RESTART_MS,
      handed: new Map<number, Socket>(),
    }))
  }

  get count(): number {
    return this.#members.length
  }

  /** Starts all. @throws {ServerError} `SERVER_WORKER` */
  async start(): Promise<void> {
    await Promise.all(this.#members.map(member => this.#start(member)))
  }

  /**
   * Hands a connection to the worker with the fewest sessions of those that are up; false when none is.
   * @param place - what the worker is told of it; undefined when it is refused
   */
  adopt(
    sessionsOf: (worker: number) => number,
    place: (worker: number) => Omit<Arrival, 'ticket'> | undefined,
    socket: Socket,
  ): boolean {
    let best: Member | undefined
    for (const member of this.#members) {
      if (member.link && (!best || sessionsOf(member.index) < sessionsOf(best.index))) best = member
    }
    if (!best?.link) return false
    const about = place(best.index)
    if (!about) return true
    const ticket = ++this.#tickets
    if (this.#processes) best.handed.set(ticket, socket)
    best.link.adopt({ ...about, ticket }, socket)
    return true
  }

  /** The worker has the socket: ours, which is the same connection once more, can go. */
  adopted(worker: number, ticket: number): void {
    const { handed } = this.#members[worker - 1] ?? {}
    handed?.get(ticket)?.destroy()
    handed?.delete(ticket)
  }

  /**
   * Has all get ready for configurations that are not in force yet.
   * @param held - passive ports that may have to move from worker to worker
   * @throws {Error} that of the first that cannot, and nothing has changed
   */
  async prepare(configFor: (worker: number) => WorkerConfig, held: PortSlice | undefined): Promise<void> {
    const results = await Promise.allSettled(
      this.#members.map(async member => {
        const { link } = member
        try {
          await link?.prepare(configFor(member.index), held)
        } catch (error) {
          // One that died is replaced, by one with the configuration that is in force then.
          if (member.link === link) throw error
        }
      }),
    )
    const failure = results.find(result => result.status === 'rejected')
    if (!failure) return
    await this.discard()
    throw failure.reason
  }

  /** Gives up what was prepared. */
  async discard(): Promise<void> {
    await this.#each(async member => member.link?.discard())
  }

  /** Puts the configurations in force that the observer gives now. Ports move from worker to worker. */
  async configure(): Promise<void> {
    this.#generation++
    await this.#each(async ({ index, link }) => link?.configure(this.#observer.configFor(index)))
    await this.#each(async member => member.link && this.#claim(member, member.link))
  }

  /** Has all try the ports again that they could not have. */
  async claimPorts(): Promise<void> {
    await this.#each(async member => void (await member.link?.claimPorts()))
  }

  /** Asks all that are up; one that dies meanwhile answers nothing. */
  async ask<T>(question: (link: WorkerLink, worker: number) => Promise<T>): Promise<T[]> {
    const answers: T[] = []
    await this.#each(async member => {
      if (member.link) answers.push(await question(member.link, member.index))
    })
    return answers
  }

  /** Asks one; undefined when it is not up, or dies meanwhile. */
  async askOne<T>(worker: number, question: (link: WorkerLink) => Promise<T>): Promise<T | undefined> {
    const link = this.#members[worker - 1]?.link
    return link && (await question(link).catch(() => undefined))
  }

  /** Lets running transfers finish within `ms` milliseconds, then ends all workers. */
  async close(ms: number): Promise<void> {
    this.#closing = true
    await this.#each(async member => {
      await member.link?.drain(ms)
      const { child } = member
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise(resolve => child.once('exit', resolve))
      child.disconnect()
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000)
      await exited
      clearTimeout(timer)
    })
  }

  async #each(work: (member: Member) => Promise<unknown>): Promise<void> {
    // A worker that dies while it is asked is replaced by its own handler; the others still have to be asked.
    const results = await Promise.allSettled(this.#members.map(work))
    for (const result of results) {
      if (result.status === 'rejected' && !this.#closing) this.#observer.warning(String(result.reason))
    }
  }

  async #start(member: Member): Promise<void> {
    const local = this.#observer.linkFor(member.index)
    if (!this.#processes) {
      member.link = new Worker(local)
      await this.#configure(member, member.link)
      this.#observer.started(member.index, process.pid)
      return
    }
    const child = fork(ENTRY, [], {
      // node:ffi says on standard error that it is experimental; `kernel-send.ts` does without when it is not there.
      execArgv: ['--disable-warning=ExperimentalWarning'],
      serialization: 'json',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { UV_THREADPOOL_SIZE: THREADS, ...process.env, ...compileCache() },
    })
    member.child = child
    const link = connect<WorkerLink>(channelOf(child), local)
    const startedAt = Date.now()
    const { pid = 0 } = child
    child.once('exit', (code, signal) => {
      const up = member.link !== undefined
      member.link = undefined
      for (const socket of member.handed.values()) socket.destroy()
      member.handed.clear()
      if (this.#closing) return
      if (Date.now() - startedAt > STABLE_MS) member.restartMs = RESTART_MS
      if (up)
        this.#observer.lost(member.index, pid, signal ? `ended by ${signal}` : `ended with code ${code}`)
      if (up) this.#restart(member)
    })
    try {
      await bounded(this.#configure(member, link), START_MS)
    } catch (cause) {
      child.kill('SIGKILL')
      const text = cause instanceof Error ? cause.message : String(cause)
      throw new ServerError('SERVER_WORKER', `worker ${member.index} does not start: ${text}`, { cause })
    }
    member.link = link
    this.#observer.started(member.index, pid)
  }

  #restart(member: Member): void {
    const timer = setTimeout(() => {
      if (this.#closing) return
      this.#start(member).catch((error: unknown) => {
        this.#observer.warning(error instanceof Error ? error.message : String(error))
        this.#restart(member)
      })
    }, member.restartMs)
    timer.unref()
    member.restartMs = Math.min(member.restartMs * 2, RESTART_CEILING_MS)
  }

  /** Until the configuration is the one in force: another may come while the worker starts. */
  async #configure(member: Member, link: WorkerLink): Promise<void> {
    for (let done = -1; done !== this.#generation; ) {
      done = this.#generation
      await link.configure(this.#observer.configFor(member.index))
    }
    await this.#claim(member, link)
  }

  async #claim(member: Member, link: WorkerLink): Promise<void> {
    const { warnings } = await link.claimPorts()
    for (const text of warnings) this.#observer.warning(`worker ${member.index}: ${text}`)
  }
}

/** The compile cache of this process serves the workers too: sources whose types are stripped already cost 18 MB less. */
function compileCache(): { NODE_COMPILE_CACHE?: string } {
  const folder = getCompileCacheDir()
  return folder ? { NODE_COMPILE_CACHE: dirname(folder) } : {}
}

function channelOf(child: ChildProcess): Channel {
  return {
    send(message, socket) {
      if (!child.connected) return void socket?.destroy()
      // Kept open here until the worker says that it has it: see `handed`.
      child.send(message as object, socket, { keepOpen: true }, error => {
        if (error) socket?.destroy()
      })
    },
    onMessage(listener) {
      child.on('message', (message, handle) => listener(message, handle as Socket | undefined))
    },
    onClosed(listener) {
      child.once('exit', listener)
    },
  }
}

async function bounded<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready within ${ms / 1000} seconds`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
