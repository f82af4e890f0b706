import type { EventEmitter } from 'node:events'

/** A terminal, npm and a supervisor may all pass on the same Ctrl-C: within this many milliseconds, it is one. */
const SAME_MS = 1_000

/** The signals of a server. From the moment they are listened to, none of them ends the process by itself. */
export interface Signals extends Disposable {
  /** Resolves with the first SIGTERM or SIGINT. */
  readonly stop: Promise<NodeJS.Signals>
  /** Who is called at SIGHUP from now on. Before that, SIGHUP does nothing. */
  onHangup(handle: () => void): void
}

/** Where signals come from, and what time it is. */
export interface SignalOptions {
  /** Called at a second SIGTERM or SIGINT, of somebody who does not want to wait. */
  readonly cut: () => void
  /** Default: the process. */
  readonly source?: Pick<EventEmitter, 'on' | 'off'>
  /** Milliseconds. Default: the clock of the system. */
  readonly now?: () => number
}

/** Listens to signals until it is disposed. */
export function listenToSignals({ cut, source = process, now = Date.now }: SignalOptions): Signals {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let first: number | undefined
  let hangup = () => {}
  const handleStop = (signal: NodeJS.Signals) => {
    first ??= now()
    resolve(signal)
    if (now() - first > SAME_MS) cut()
  }
  const handleHangup = () => hangup()
  const handlers = [
    ['SIGTERM', handleStop],
    ['SIGINT', handleStop],
    ['SIGHUP', handleHangup],
  ] as const
  for (const [signal, handler] of handlers) source.on(signal, handler)
  return {
    stop: promise,
    onHangup: handle => {
      hangup = handle
    },
    [Symbol.dispose]() {
      for (const [signal, handler] of handlers) source.off(signal, handler)
    },
  }
}
