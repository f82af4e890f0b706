import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from './certificate.ts'
import { freePort, passiveRange } from './ports.ts'
import type { Program } from './processes.ts'
import { greetsHere, LOOPBACK, type ServerKind, waitForGreeting } from './servers/server.ts'
import type { Stage } from './stage.ts'

/** A server that accepts. */
export interface Instance extends AsyncDisposable {
  readonly kind: ServerKind
  readonly host: string
  readonly port: number
  readonly tls: boolean
  /** The root of its process tree. */
  readonly pid: number
  readonly program: Program
}

/** Where a server runs. */
export interface Place {
  readonly name: string
  /** The address it listens at. */
  readonly host: string
  /** The program and arguments that start it there; empty: none. */
  readonly launcher: readonly string[]
  /** Whether a server greets with 220 at that port of the host. */
  greets(port: number): Promise<boolean>
}

/** The loopback of this machine. */
const HERE: Place = { name: 'here', host: LOOPBACK, launcher: [], greets: greetsHere }

/** Which of a server's ways to run. */
export interface Way {
  readonly tls: boolean
  readonly oneWorker: boolean
  /** Default: the loopback of this machine. */
  readonly place?: Place
}

/** Starts servers: one long-lived instance for each way a server is used, and fresh ones where memory is measured. */
export class Fleet implements AsyncDisposable {
  readonly #stage: Stage
  readonly #certificate: Certificate
  readonly #kept = new Map<string, Promise<Instance>>()
  #started = 0

  constructor(stage: Stage, certificate: Certificate) {
    this.#stage = stage
    this.#certificate = certificate
  }

  /** The instance that lives as long as the run. A start that failed is tried again at the next call. */
  keep(kind: ServerKind, way: Way): Promise<Instance> {
    const key = JSON.stringify([kind.name, way.tls, way.oneWorker, way.place?.name])
    const kept = this.#kept.get(key)
    if (kept !== undefined) return kept
    const started = this.#start(kind, way, key)
    this.#kept.set(key, started)
    started.catch(() => this.#kept.delete(key))
    return started
  }

  /** An instance that has done nothing yet; the caller disposes of it. */
  fresh(kind: ServerKind, way: Way): Promise<Instance> {
    return this.#start(kind, way, 'fresh')
  }

  async #start(kind: ServerKind, way: Way, key: string): Promise<Instance> {
    const { host, launcher, greets } = way.place ?? HERE
    const scratch = join(this.#stage.scratch, `${kind.name}-${++this.#started}`)
    await mkdir(scratch, { mode: 0o755 })
    const port = await freePort()
    const program = await kind.start({
      files: this.#stage.files,
      scratch,
      host,
      launcher,
      port,
      passive: passiveRange(
        kind.passivePorts.shared ? kind.name : `${kind.name} ${key}`,
        kind.passivePorts.count,
      ),
      oneWorker: way.oneWorker,
      ...(way.tls ? { certificate: this.#certificate } : {}),
    })
    try {
      await waitForGreeting({ port, program, label: kind.label, greets })
    } catch (error) {
      await program.stop()
      throw error
    }
    program.drain()
    return {
      kind,
      host,
      port,
      program,
      tls: way.tls,
      pid: program.pid,
      [Symbol.asyncDispose]: () => program.stop(),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const started = await Promise.allSettled(this.#kept.values())
    const instances = started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    await Promise.all(instances.map(instance => instance.program.stop()))
  }
}
