import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

/** A program of the tests that writes lines. */
export interface Child {
  readonly process: ChildProcess
  /** Lines of standard output, as they come. */
  readonly lines: AsyncIterator<string>
  /** Ends it without giving it a chance; resolves when it is gone. */
  kill(): Promise<void>
}

/** Runs a file of TypeScript in a process of its own. */
export function startChild(file: URL, args: readonly string[]): Child {
  const child = spawn(process.execPath, [file.pathname, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  return {
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
