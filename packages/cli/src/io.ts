/** What the command needs of the world around it. */
export interface Io {
  /** Writes a line to standard output. */
  out(line: string): void
  /** Writes a line to standard error. */
  err(line: string): void
  readonly cwd: string
  /** Whether a person sees standard error. */
  readonly errIsTerminal: boolean
}

/** The terminal or pipe that the process runs on. */
export function processIo(): Io {
  return {
    out: line => void process.stdout.write(`${line}\n`),
    err: line => void process.stderr.write(`${line}\n`),
    cwd: process.cwd(),
    errIsTerminal: process.stderr.isTTY === true,
  }
}
