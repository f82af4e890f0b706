import type { LookupFunction, Socket } from 'node:net'
import { addressFamily, isAddress, normaliseAddress } from '@portolan/protocol'
import { onAbort } from './deferred.ts'
import { addressesOf, classifyDialError, DialError, type DialOutcome, dialSentence } from './dial-error.ts'
import { ChannelError } from './errors.ts'
import { ProxyRefusal } from './proxy-refusal.ts'
import { checkProxy, formatProxy, type ProxyServer } from './proxy-url.ts'
import { connectTcp, STOPPED } from './tcp-connect.ts'

/** The longest name that SOCKS5 and the DNS can carry, in bytes. */
const MOST_NAME = 255
/** Milliseconds between two probes of an idle connection by the kernel. */
const KEEPALIVE_MS = 60_000

/** Whom to dial. */
export interface DialTarget {
  /** A name, or an address literal without brackets. */
  readonly host: string
  readonly port: number
}

/** How to dial once. */
export interface DialOptions {
  /** Ends the dialling. */
  readonly signal: AbortSignal
  /** Milliseconds for all of it: looking the name up, every address, and the proxy's work. */
  readonly timeoutMs: number
  /** The address to dial from, before {@link DiallerOptions.bind}; passed over for a literal of the other family. */
  readonly localAddress?: string
  /**
   * Leave what the peer sends in the kernel until the socket is resumed, so that it can still be moved to a faster
   * reader. Default false.
   */
  readonly paused?: boolean
}

/** Makes TCP connections for a client, directly or through a proxy. */
export interface Dialler {
  /** What is dialled through. Undefined: nothing. */
  readonly proxy: ProxyServer | undefined
  /**
   * Dials. A name is tried at all its addresses, one second each and the rest of the time for the last; a proxy is given
   * the name. The socket has TCP_NODELAY and keep-alive, stays open for writing when its peer ends, and swallows its
   * errors: whoever uses it watches it.
   * @throws {DialError} within `timeoutMs`
   */
  dial(target: DialTarget, options: DialOptions): Promise<Socket>
}

/** What all diallings of a client have in common. */
export interface DiallerOptions {
  readonly proxy?: ProxyServer
  /** The address to dial from: an address of this machine. Default: the system chooses. */
  readonly bind?: string
  /** Milliseconds between two probes of an idle connection by the kernel; 0: none. Default 60000. */
  readonly keepAliveMs?: number
  /** Looks names up. Default: the system. */
  readonly lookup?: LookupFunction
}

/** @throws {ChannelError} `CHANNEL_SETTING` for a proxy or an address to bind that cannot be used */
export function createDialler(options: DiallerOptions = {}): Dialler {
  const { proxy, bind } = options
  if (proxy) checkProxy(proxy)
  if (bind !== undefined && !isAddress(bind)) {
    throw new ChannelError(
      'CHANNEL_SETTING',
      `the address to dial from, ${JSON.stringify(bind)}, is not allowed: use an IP address of this machine`,
    )
  }
  return { proxy, dial: (target, dialOptions) => new Dialling(options, target, dialOptions).run() }
}

class Dialling {
  readonly #common: DiallerOptions
  readonly #target: DialTarget
  readonly #options: DialOptions
  readonly #stopping = new AbortController()
  readonly #stop = this.#stopping.signal
  readonly #started = performance.now()

  constructor(common: DiallerOptions, target: DialTarget, options: DialOptions) {
    this.#common = common
    this.#target = target
    this.#options = options
  }

  async run(): Promise<Socket> {
    const { proxy } = this.#common
    const stop = () => this.#stopping.abort()
    // Signals that follow others and timers of their own outlive what they are for, and a mirror dials thousands of times.
    const timer = setTimeout(stop, this.#options.timeoutMs)
    const off = onAbort(this.#options.signal, stop)
    try {
      return await (proxy ? this.#throughProxy(proxy) : this.#direct())
    } finally {
      clearTimeout(timer)
      off()
    }
  }

  async #direct(): Promise<Socket> {
    try {
      return await this.#connect(this.#target, this.#options.paused ?? false)
    } catch (error) {
      throw this.#failed(this.#target, error)
    }
  }

  async #throughProxy(proxy: ProxyServer): Promise<Socket> {
    const { host } = this.#target
    if (Buffer.byteLength(host) > MOST_NAME) {
      throw this.#error(
        'name',
        `the name ${host.slice(0, 32)}… is too long: names have ${MOST_NAME} bytes at the most`,
      )
    }
    const socket = await this.#connectProxy(proxy)
    const close = () => socket.destroy()
    this.#stop.addEventListener('abort', close, { once: true })
    try {
      if (this.#stop.aborted) throw STOPPED
      // Few have a proxy, and everybody would wait for the code of both at the start.
      if (proxy.kind === 'http')
        await (await import('./http-tunnel.ts')).openHttpTunnel(socket, proxy, this.#target)
      else
        await (await import('./socks-tunnel.ts')).openSocksTunnel(
          socket,
          proxy,
          this.#target,
          this.#options.timeoutMs,
        )
      if (this.#stop.aborted) throw STOPPED
    } catch (error) {
      socket.destroy()
      throw this.#tunnelFailed(proxy, error)
    } finally {
      this.#stop.removeEventListener('abort', close)
    }
    if (this.#options.paused) socket.pause()
    return socket
  }

  async #connectProxy(proxy: ProxyServer): Promise<Socket> {
    try {
      return await this.#connect(proxy, false)
    } catch (error) {
      const failed = this.#failed(proxy, error)
      if (failed.outcome === 'aborted') throw failed
      throw this.#error('proxy', `the proxy ${formatProxy(proxy)} cannot be reached: ${failed.message}`, {
        errno: failed.errno,
        cause: error,
      })
    }
  }

  #connect({ host, port }: DialTarget, paused: boolean): Promise<Socket> {
    const { keepAliveMs = KEEPALIVE_MS, lookup } = this.#common
    return connectTcp({ host, port, local: this.#localFor(host), keepAliveMs, lookup, paused }, this.#stop)
  }

  #localFor(host: string): string | undefined {
    const wanted = this.#options.localAddress
    const local = wanted === undefined ? undefined : normaliseAddress(wanted)
    const fits = local !== undefined && (!isAddress(host) || addressFamily(local) === addressFamily(host))
    return fits ? local : this.#common.bind
  }

  #failed({ host, port }: DialTarget, error: unknown): DialError {
    const { outcome, errno } = this.#outcomeOf(error)
    const tried = addressesOf(error)
    const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
    const text = dialSentence(outcome === 'proxy' ? 'other' : outcome, {
      where: tried.length > 0 ? `${at} (${tried.join(', ')})` : at,
      host,
      port,
      local: this.#localFor(host),
      timeoutMs: Math.min(this.#options.timeoutMs, Math.max(this.#elapsed, 1)),
      elapsedMs: this.#elapsed,
      errno,
      said: error instanceof Error ? error.message : String(error),
    })
    return this.#error(outcome, text, { errno, cause: error })
  }

  #tunnelFailed(proxy: ProxyServer, error: unknown): DialError {
    const { host, port } = this.#target
    const { outcome, errno } = this.#outcomeOf(error)
    if (outcome === 'aborted') return this.#failed(this.#target, error)
    const name = `the proxy ${formatProxy(proxy)}, asked for ${host}:${port},`
    if (outcome === 'timeout') {
      const seconds = Math.round(this.#options.timeoutMs / 100) / 10
      return this.#error('timeout', `${name} did not answer within ${seconds} seconds`, {
        errno,
        cause: error,
      })
    }
    const refused = error instanceof ProxyRefusal ? error : undefined
    const said = refused?.message ?? `failed: ${error instanceof Error ? error.message : String(error)}`
    return this.#error(refused?.outcome ?? 'proxy', `${name} ${said}`, { errno, cause: error })
  }

  /** Our own end first: what it made of the socket says nothing. */
  #outcomeOf(error: unknown): { outcome: DialOutcome; errno?: string | undefined } {
    if (this.#options.signal.aborted) return { outcome: 'aborted' }
    if (this.#stop.aborted) return { outcome: 'timeout', errno: 'ETIMEDOUT' }
    return classifyDialError(error)
  }

  get #elapsed(): number {
    return performance.now() - this.#started
  }

  #error(
    outcome: DialOutcome,
    text: string,
    { errno, cause }: { errno?: string | undefined; cause?: unknown } = {},
  ): DialError {
    const reason: unknown = outcome === 'aborted' ? this.#options.signal.reason : cause
    return new DialError(outcome, text, {
      elapsedMs: this.#elapsed,
      errno,
      ...(reason !== undefined && reason !== STOPPED && { cause: reason }),
    })
  }
}
