import { createDialler, type Dialler } from '@portolan/channels'
import { HostMemory, type ResolvedOptions, resolveOptions, type Session } from '@portolan/client'
import type { DoctorAsk } from '../ask.ts'
import type { Channel } from '../evidence.ts'

const STEP_MS = 10_000
const TOTAL_MS = 180_000
/** The longest that a broken transfer's explanation and QUIT are waited for, in milliseconds. */
const SHORT_MS = 2_000

/** What all steps share. */
export interface Context {
  readonly ask: DoctorAsk
  readonly options: ResolvedOptions
  readonly dialler: Dialler
  /** Milliseconds for each wait. */
  readonly stepMs: number
  /** Ends everything. */
  readonly signal: AbortSignal
  /** The way of the first session. */
  readonly channel: Channel
  /** What listings are asked of: undefined is the folder of the login. */
  readonly folder: string | undefined
}

/** @throws {FtpError} `FTP_SETTING` for an option that cannot be used */
export function makeContext(ask: DoctorAsk): Context {
  const { stepMs = STEP_MS, totalMs = TOTAL_MS, signal, idle = [] } = ask
  const short = Math.min(SHORT_MS, stepMs)
  const options = resolveOptions({
    ...ask.options,
    hosts: new HostMemory(),
    timeouts: {
      connect: stepMs,
      greeting: stepMs,
      tls: stepMs,
      reply: stepMs,
      dataConnect: stepMs,
      dataProbe: stepMs,
      accept: stepMs,
      dataIdle: stepMs,
      completion: stepMs,
      explanation: short,
      quit: short,
    },
  })
  const { proxy, bind } = options
  const total = AbortSignal.timeout(totalMs + Math.max(0, ...idle) * 1_000)
  return {
    ask,
    options,
    stepMs,
    dialler: createDialler({ ...(proxy && { proxy }), ...(bind !== undefined && { bind }) }),
    signal: signal ? AbortSignal.any([signal, total]) : total,
    channel: options.tls === 'off' ? 'clear' : 'tls',
    folder: ask.folder === '' ? undefined : ask.folder,
  }
}

/** The same, with everything at one address of the server. Certificates are still held to its name. */
export function atAddress(context: Context, address: string): Context {
  const { options } = context
  if (address === options.host || options.proxy) return context
  const servername = options.tlsOptions.servername ?? options.host
  return {
    ...context,
    options: { ...options, host: address, tlsOptions: { ...options.tlsOptions, servername } },
  }
}

/** The server’s end of data connections: its address on the control connection; behind a proxy what the proxy is asked for. */
export function peerOf({ options }: Context, { control }: Session): string {
  return options.proxy ? options.host : control.remote.address
}
