import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type ClientOptions, DEFAULT_TIMEOUTS, type Timeouts, type TlsOptions } from '@portolan/client'
import { parsePorts } from '../flag-values.ts'
import { UserError } from '../user-error.ts'
import type { ConnectionFlags } from './client-flags.ts'
import { parseRate, parseSeconds, parseWhole } from './units.ts'

/** Options that flags say; the place and the login are said elsewhere. */
export type FlagOptions = Omit<ClientOptions, 'host' | 'port' | 'user' | 'password' | 'onEvent'>

/**
 * Reads connection flags into options of a client.
 *
 * @param cwd - what relative paths of files are relative to
 * @throws {UserError} with a line for each flag that cannot be used, and what is allowed
 */
export function readFlagOptions(flags: ConnectionFlags, cwd: string): FlagOptions {
  const reader = new FlagReader(cwd)
  const mode = reader.oneOf('--mode', flags.mode, ['passive', 'active', 'auto'])
  const tls = reader.oneOf('--tls', flags.tls, ['off', 'explicit', 'implicit'])
  const activePorts = reader.read('--active-ports', flags.activePorts, text => {
    const result = parsePorts(text)
    return 'value' in result ? result.value : undefined
  })
  const timeout = reader.read('--timeout', flags.timeout, parseSeconds)
  const retries = reader.read('--retries', flags.retries, text => parseWhole(text, 0, 1_000))
  const rateLimit = reader.read('--limit', flags.limit, parseRate)
  const noopInterval = reader.read('--noop', flags.noop, parseSeconds)
  const serverZone = reader.read('--server-zone', flags.serverZone, text => parseWhole(text, -840, 840))
  const tlsOptions = readTls(flags, reader)
  reader.throwProblems()
  return {
    ...defined({ mode, tls, activePorts, rateLimit, noopInterval, serverZone }),
    ...defined({
      pasvAddress: flags.pasvAddress,
      externalAddress: flags.externalAddress,
      bind: flags.bind,
      proxy: flags.proxy,
      account: flags.account,
      epsv: flags.epsv,
      checkPeer: flags.checkPeer,
      utf8: flags.utf8,
      pipelining: flags.pipelining,
    }),
    ...(timeout !== undefined && { timeouts: timeoutsOf(timeout) }),
    ...(retries !== undefined && { retry: { retries } }),
    tlsOptions,
  }
}

function readTls(flags: ConnectionFlags, reader: FlagReader): TlsOptions {
  const closeNotify = reader.oneOf('--close-notify', flags.closeNotify, ['required', 'size', 'optional'])
  const data = reader.oneOf('--prot', flags.prot, ['private', 'clear'])
  if (flags.cert === undefined && flags.key !== undefined) reader.problem('--key goes with --cert')
  const cert = reader.file('--cert', flags.cert)
  return defined({
    closeNotify,
    data,
    ca: reader.file('--ca', flags.ca),
    cert,
    // A certificate and its key are often in one file.
    key: flags.key === undefined ? cert : reader.file('--key', flags.key),
    pins: flags.pin,
    servername: flags.tlsName,
    clearControl: flags.ccc,
    verify: flags.insecure === undefined ? undefined : !flags.insecure,
  })
}

/** Every wait that depends on the server; what answers faster by nature keeps its own bound. */
function timeoutsOf(ms: number): Partial<Timeouts> {
  return {
    connect: ms,
    greeting: ms,
    tls: ms,
    reply: ms,
    dataConnect: ms,
    dataProbe: Math.min(ms, DEFAULT_TIMEOUTS.dataProbe),
    accept: ms,
    dataIdle: ms,
    completion: ms,
    explanation: Math.min(ms, DEFAULT_TIMEOUTS.explanation),
    quit: Math.min(ms, DEFAULT_TIMEOUTS.quit),
  }
}

/** What each flag that is read by a function allows. */
const ALLOWED = {
  '--active-ports': 'BASE:COUNT, the first port and the number of ports, such as 50000:100',
  '--timeout': 'seconds above 0, such as 30, 2.5 or 2m',
  '--retries': 'a whole number from 0 to 1000',
  '--limit': 'bytes per second, such as 500kB, 2MiB or 100000',
  '--noop': 'seconds above 0',
  '--server-zone': 'minutes from -840 to 840',
} as const

class FlagReader {
  readonly #cwd: string
  readonly #problems: string[] = []

  constructor(cwd: string) {
    this.#cwd = cwd
  }

  problem(text: string): void {
    this.#problems.push(text)
  }

  oneOf<const T extends string>(
    flag: string,
    text: string | undefined,
    choices: readonly T[],
  ): T | undefined {
    if (text === undefined) return undefined
    const found = choices.find(choice => choice === text)
    if (found === undefined) {
      const all = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`
      this.problem(`${flag} is ${all}, and not ${JSON.stringify(text)}`)
    }
    return found
  }

  read<T>(
    flag: keyof typeof ALLOWED,
    text: string | undefined,
    parse: (text: string) => T | undefined,
  ): T | undefined {
    const value = text === undefined ? undefined : parse(text)
    if (text !== undefined && value === undefined)
      this.problem(`${flag} is ${ALLOWED[flag]}, and not ${JSON.stringify(text)}`)
    return value
  }

  file(flag: string, path: string | undefined): Buffer | undefined {
    if (path === undefined) return undefined
    try {
      return readFileSync(resolve(this.#cwd, path))
    } catch (error) {
      this.problem(`${flag} ${path} cannot be read: ${error instanceof Error ? error.message : error}`)
      return undefined
    }
  }

  throwProblems(): void {
    if (this.#problems.length > 0) throw new UserError(this.#problems.join('\n'))
  }
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the fields that are undefined. */
function defined<T extends object>(fields: T): Defined<T>
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
