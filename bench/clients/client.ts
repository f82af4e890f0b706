import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** What a client is to do, as far as it decides whether it can. */
export interface Task {
  readonly direction: 'down' | 'up'
  /** One large file, or a folder of small ones. */
  readonly files: 'one' | 'many'
  /** Explicit, version 1.3. */
  readonly tls: boolean
  readonly connections: number
}

/** A task with everything that a command line needs. */
export interface Order extends Task {
  readonly host: string
  readonly port: number
  /** The path at the server: of the file, or of the folder. An upload's folder is there. */
  readonly remote: string
  /** The path here: of the file, or of the folder. A download's folder is there and empty. */
  readonly local: string
  /** The files of the folder; empty for one file. */
  readonly names: readonly string[]
  /** An empty folder for settings; the client's HOME. */
  readonly scratch: string
}

/** A command line. */
export interface Call {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** One client of the table. */
export interface ClientKind {
  readonly name: string
  readonly label: string
  /** `subject` is measured, `peer` is what it is measured against. */
  readonly role: 'subject' | 'peer'
  /** What to know when reading its figures. */
  readonly note: string
  /** Why it cannot run here; undefined when it can. */
  missing(): string | undefined
  version(): Promise<string>
  /** Why it takes no part in a task; undefined when it does. */
  cannot(task: Task): string | undefined
  /** Writes its settings, if it has any, and gives the command line. */
  call(order: Order): Promise<Call>
}

/** A line for `missing()` of a client that comes with a package of Debian. */
export function withoutProgram(program: string, debianPackage = program): string | undefined {
  const found = (process.env.PATH ?? '').split(delimiter).some(folder => isExecutable(join(folder, program)))
  return found ? undefined : `${program} is missing: apt-get install ${debianPackage}`
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** How long a program may take to say its version, in milliseconds. */
const VERSION_MS = 10_000

/** The first group of `pattern` in what a program says about itself, on either output; `?` where there is none. */
export function versionSaid(command: string, args: readonly string[], pattern: RegExp): string {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: VERSION_MS })
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? '?'
}

/** The reason of those that know no more than one connection. */
export function oneConnection({ connections }: Task): string | undefined {
  return connections > 1 ? 'has one connection only' : undefined
}
