import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificate } from '../certificate.ts'
import type { Debian } from '../debian.ts'
import { BenchError } from '../errors.ts'
import type { Range } from '../ports.ts'
import { Program, type ProgramOptions } from '../processes.ts'

/** The one account of every server. */
export const USER = 'bench'
export const PASSWORD = 'bench'
/** The user and group number that forking servers take after the login. No account of the machine needs to have it. */
export const UID = 64_999

/** The passive ports a server wants. */
export interface PassivePorts {
  readonly count: number
  /** Whether two instances may have the same: not where all of them are opened at the start. */
  readonly shared: boolean
}

/**
 * What servers get that open a port for each transfer: many more than the hundred clients of the largest work, as some
 * pick at random and give up after a few tries (vsftpd: nine), and Pure-FTPd takes half their number as the most
 * sessions.
 */
export const PORT_FOR_EACH: PassivePorts = { count: 2_500, shared: true }

/** What a server is started with. */
export interface StartOptions {
  /** The folder that becomes the user's `/`. */
  readonly files: string
  /** An empty folder for its configuration. */
  readonly scratch: string
  readonly port: number
  readonly passive: Range
  /** Set when this instance speaks TLS; one without it is the server's best for plain transfers. */
  readonly certificate?: Certificate
  /** One worker process, for servers that have a choice. */
  readonly oneWorker: boolean
  /** The IPv4 address to listen at; default 127.0.0.1. */
  readonly host?: string
  /** TLS from the first byte instead of AUTH TLS; default false. Needs a certificate and `canBeImplicit`. */
  readonly implicitTls?: boolean
  /** Refuse data connections that do not resume the control connection's TLS session; default false. */
  readonly requireReuse?: boolean
  /** The IPv4 address that PASV tells; default the one the client has connected to. */
  readonly advertised?: string
  /** A file for every command and reply of all sessions, for vsftpd alone; default none. */
  readonly protocolLog?: string
  /** The program and arguments that start the server, such as `ip netns exec NAME`; default none. */
  readonly launcher?: readonly string[]
}

/** Where servers listen unless they are told otherwise. */
export const LOOPBACK = '127.0.0.1'

/** Starts a server's program, by its launcher if it has one. */
export function launch(
  { launcher = [] }: StartOptions,
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Program> {
  const [first = command, ...rest] = [...launcher, command, ...args]
  return Program.start(first, rest, options)
}

/** One server of the table. Its row says everything the harness has to know of it. */
export interface ServerKind {
  readonly name: string
  readonly label: string
  /** `subject` is measured, `peer` is what it is measured against, `ceiling` proves the generator. */
  readonly role: 'subject' | 'peer' | 'ceiling'
  /** Whether it has MLSD. */
  readonly mlsd: boolean
  /** Whether it lists, stores and can be asked for its memory at all: the ceiling only pretends. */
  readonly real: boolean
  /** How many idle sessions it is asked to hold: fewer where each is a process or more. */
  readonly idleSessions: number
  readonly passivePorts: PassivePorts
  /** What to know when reading its figures: its account, what was switched on or off. */
  readonly note: string
  /** Why it cannot run here; undefined when it can. */
  missing(): string | undefined
  version(): Promise<string>
  /** Starts the program. It may not accept yet when this returns. */
  start(options: StartOptions): Promise<Program>
}

/** What all adapters get when they are made. */
export interface Workshop {
  readonly debian: Debian | undefined
  /** The project's folder. */
  readonly project: string
  /** The compiled programs of bench/load. */
  readonly ceiling: string
  readonly node: string
}

/** How long a server may take until it greets, in milliseconds. */
const START_MS = 20_000

/** A server that has been started and may not accept yet. */
interface Started {
  readonly port: number
  readonly program: Program
  readonly label: string
  /** Whether somebody greets with 220 at that port. */
  greets(port: number): Promise<boolean>
}

/**
 * Waits until the server greets with 220.
 *
 * @throws {BenchError} when it ended or did not greet in time, with what it wrote to standard error
 */
export async function waitForGreeting({ port, program, label, greets }: Started): Promise<void> {
  const end = performance.now() + START_MS
  while (performance.now() < end) {
    if (program.ended)
      throw new BenchError(`${label} ended instead of starting: ${program.errors || 'no message'}`)
    if (await greets(port)) return
    await sleep(50)
  }
  throw new BenchError(`${label} does not greet on port ${port}: ${program.errors || 'no message'}`)
}

/** Whether a server at that port of 127.0.0.1 greets with 220. */
export async function greetsHere(port: number): Promise<boolean> {
  const socket = connect(port, LOOPBACK)
  try {
    const [data] = await once(socket, 'data', { signal: AbortSignal.timeout(2_000) })
    return String(data).startsWith('220')
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** The sentence for servers that take the rights of the account after the login. */
export function needsRoot(): string | undefined {
  return process.getuid?.() === 0
    ? undefined
    : 'needs root to change to the account after the login: run as root'
}

/** The unpacked packages. @throws {BenchError} when they are not there; `missing()` of the adapter said so before. */
export function unpacked(workshop: Pick<Workshop, 'debian'>): Debian {
  if (workshop.debian === undefined) throw new BenchError('the packages of Debian are not there')
  return workshop.debian
}

/** A line for `missing()` of an adapter whose program comes from Debian. */
export function withoutDebian(workshop: Pick<Workshop, 'debian'>): string | undefined {
  return workshop.debian === undefined ? 'its Debian package could not be fetched (see above)' : undefined
}
