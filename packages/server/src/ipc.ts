import type { Socket } from 'node:net'

/** The messages of two processes that call each other's methods. Plain JSON; a socket travels beside its message. */
type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'tell'; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }

/** One end of the pipe between two processes: a child process, or `process` in the child. */
export interface Channel {
  send(message: unknown, socket?: Socket): void
  onMessage(listener: (message: unknown, socket: Socket | undefined) => void): void
  /** The other end is gone: what waits for an answer fails. */
  onClosed(listener: () => void): void
}

/** Methods that answer nothing. They are told, in order, without waiting. */
const TOLD: ReadonlySet<string> = new Set([
  'adopt',
  'adopted',
  'released',
  'loggedOut',
  'settleQuota',
  'portsReleased',
  'events',
])

/** How long an answer of the other process may take. Passwords are checked within it, whatever the delay of wrong ones. */
const ANSWER_MS = 120_000

/** The other process did not answer. */
class LinkBroken extends Error {
  override readonly name = 'LinkBroken'
  readonly code = 'LINK_BROKEN'
}

/**
 * Connects two processes: `local` answers the other end's calls, and what is returned has the other end's methods.
 * The types are those of the interface, so in one process the object itself can stand in its place.
 */
export function connect<Remote extends object>(channel: Channel, local: object): Remote {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let next = 0
  channel.onMessage((received, socket) => {
    const message = received as Message
    if (message.kind === 'answer') {
      const waiter = waiting.get(message.id)
      waiting.delete(message.id)
      if (message.error === undefined) waiter?.resolve(message.value)
      else waiter?.reject(new Error(message.error))
      return
    }
    const method: unknown = Reflect.get(local, message.method)
    if (typeof method !== 'function') throw new TypeError(`${message.method} is no method of the link`)
    const result: unknown = method.apply(local, socket ? [...message.args, socket] : message.args)
    if (message.kind === 'tell') return
    Promise.resolve(result).then(
      value => channel.send({ kind: 'answer', id: message.id, value } satisfies Message),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error)
        channel.send({ kind: 'answer', id: message.id, error: text } satisfies Message)
      },
    )
  })
  channel.onClosed(() => {
    for (const { reject } of waiting.values()) reject(new LinkBroken('the other process is gone'))
    waiting.clear()
  })

  function call(method: string, args: readonly unknown[]): Promise<unknown> {
    const id = ++next
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(id)
        reject(new LinkBroken(`${method} was not answered within ${ANSWER_MS / 1000} seconds`))
      }, ANSWER_MS)
      timer.unref()
      const settle =
        <T>(finish: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer)
          finish(value)
        }
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
      channel.send({ kind: 'call', id, method, args } satisfies Message)
    })
  }

  return new Proxy({} as Remote, {
    get(_, method) {
      if (typeof method !== 'string' || method === 'then') return undefined
      if (!TOLD.has(method)) return (...args: unknown[]) => call(method, args)
      return (...args: unknown[]) => {
        const socket = method === 'adopt' ? (args.pop() as Socket) : undefined
        channel.send({ kind: 'tell', method, args } satisfies Message, socket)
      }
    },
  })
}
