import type { EventEmitter } from 'node:events'
import { CLIENT_EXIT } from './exit-codes.ts'

/** A terminal and npm may both pass on the same Ctrl-C: within this many milliseconds, it is one. */
const SAME_MS = 200

/** Ctrl-C and SIGTERM as a signal for operations. */
export interface Interrupt extends Disposable {
  /** Fires with the first of them. */
  readonly signal: AbortSignal
  /** The exit code of the one that came; undefined before. */
  readonly exitCode: number | undefined
}

/** Where signals come from, and how a process ends. */
export interface InterruptOptions {
  /** Called at the first. */
  readonly onFirst?: () => void
  /** Default: the process. */
  readonly source?: Pick<EventEmitter, 'on' | 'off'>
  /** Milliseconds. Default: the clock of the system. */
  readonly now?: () => number
  /** Called with the exit code at a second one. Default: ends the process. */
  readonly exit?: (code: number) => void
}

/** Until it is disposed, the first Ctrl-C or SIGTERM asks operations to stop, and a second one ends the process. */
export function listenForInterrupt(options: InterruptOptions = {}): Interrupt {
  const { source = process, now = Date.now, exit = code => process.exit(code) } = options
  const controller = new AbortController()
  let first: { readonly at: number; readonly exitCode: number } | undefined
  const handle = (exitCode: number) => {
    if (!first) {
      first = { at: now(), exitCode }
      options.onFirst?.()
      controller.abort()
    } else if (now() - first.at > SAME_MS) {
      exit(exitCode)
    }
  }
  const onInt = () => handle(CLIENT_EXIT.interrupted)
  const onTerm = () => handle(CLIENT_EXIT.terminated)
  source.on('SIGINT', onInt)
  source.on('SIGTERM', onTerm)
  return {
    signal: controller.signal,
    get exitCode() {
      return first?.exitCode
    },
    [Symbol.dispose]() {
      source.off('SIGINT', onInt)
      source.off('SIGTERM', onTerm)
    },
  }
}
