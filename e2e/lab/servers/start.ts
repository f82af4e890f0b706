import { chmod, chown, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Certificate, makeCertificate } from '../../../bench/certificate.ts'
import { LOOPBACK, PASSWORD, UID, USER } from '../../../bench/servers/server.ts'
import { type FreePorts, freePorts } from '../../support/ports.ts'
import { makeScratch } from '../../support/scratch.ts'
import { endWithThisProcess } from '../cleanup.ts'
import { type Abilities, type LabKind, labKind } from './kinds.ts'
import { untilListening } from './listening.ts'
import { openWorkshop, workshop } from './workshop.ts'

/** Pure-FTPd takes half their number as the most sessions. */
const PASSIVE_PORTS = 100

export interface LabServerOptions {
  /** The IPv4 address to listen at; default 127.0.0.1. */
  readonly host?: string
  /** The control port; default one that is free. */
  readonly port?: number
  /** Default `off`. `explicit` allows the clear as well; `implicit` does not. */
  readonly tls?: 'off' | 'explicit' | 'implicit'
  /** Whether data connections have to resume the TLS session of the control connection; default `off`. */
  readonly sessionReuse?: 'off' | 'required'
  /** The passive ports; default a hundred that are free. */
  readonly passive?: FreePorts
  /** The IPv4 address that PASV tells; default the one that the client has connected to. */
  readonly masquerade?: string
  /** The address that clients dial, where it is another than `host`; a port keeps its number. */
  readonly reachedAt?: string
  /** Default one for `host`, `reachedAt`, `masquerade` and localhost that is its own authority. */
  readonly certificate?: Certificate
  /** Has every command and reply written to {@link LabServer.protocolLog}; vsftpd alone can. Default false. */
  readonly logsProtocol?: boolean
  /** The program and arguments that start the server, such as `ip netns exec NAME`; default none. */
  readonly launcher?: readonly string[]
}

/** A running server with one account. */
export interface LabServer extends AsyncDisposable {
  readonly kind: LabKind
  readonly label: string
  readonly can: Abilities
  /** The address that clients dial. */
  readonly host: string
  readonly port: number
  readonly tls: 'off' | 'explicit' | 'implicit'
  readonly user: string
  readonly password: string
  readonly passive: FreePorts
  /** The account's `/`, on disk. It may write there, whatever it runs as. */
  readonly files: string
  /** What a client has to trust, a PEM file; absent without TLS. */
  readonly certificate?: string
  /** Where commands and replies are, if they were asked for. */
  readonly protocolLog?: string
  /** Puts a file that belongs to the account into its `/`. Gives the path on disk. */
  give(name: string, content: string | Uint8Array): Promise<string>
  /** The end of what it wrote to standard error. */
  errors(): string
  stop(): Promise<void>
}

/**
 * Starts a server and waits until it listens.
 *
 * @throws {RangeError} when it cannot do what the options ask for
 * @throws {Error} with what it said, when it does not start
 */
export async function startServer(kind: LabKind, options: LabServerOptions = {}): Promise<LabServer> {
  const { label, can, adapter } = labKind(kind)
  const { host = LOOPBACK, tls = 'off', sessionReuse = 'off', masquerade, launcher, logsProtocol } = options
  if (tls === 'implicit' && !can.implicit) throw new RangeError(`${label} has no implicit TLS`)
  if (sessionReuse === 'required' && !can.reuse) throw new RangeError(`${label} cannot require session reuse`)
  if (logsProtocol && kind !== 'vsftpd') throw new RangeError(`${label} has no log of its protocol`)

  await using starting = new AsyncDisposableStack()
  const { path } = starting.use(await makeScratch())
  const { files, scratch } = await makeFolders(path)
  const protocolLog = logsProtocol ? join(scratch, 'protocol.log') : undefined
  const { port, passive } = await portsFor(options)
  const { reachedAt = host } = options
  const addresses = [...new Set([host, reachedAt, masquerade ?? host])]
  const certificate =
    tls === 'off' ? undefined : (options.certificate ?? (await makeCertificate(scratch, addresses)))

  endWithThisProcess()
  const server = adapter(kind === 'portolan' ? workshop(undefined) : await openWorkshop())
  const program = starting.use(
    await server.start({
      files,
      scratch,
      host,
      port,
      passive: { base: passive.basePort, count: passive.numberOfPorts },
      oneWorker: true,
      implicitTls: tls === 'implicit',
      requireReuse: sessionReuse === 'required',
      ...(certificate !== undefined && { certificate }),
      ...(masquerade !== undefined && { advertised: masquerade }),
      ...(launcher !== undefined && { launcher }),
      ...(protocolLog !== undefined && { protocolLog }),
    }),
  )
  await untilListening(program, host, port)
  program.drain()
  const kept = starting.move()
  const stop = () => kept.disposeAsync()
  return {
    ...{ kind, label, can, host: reachedAt, port, tls, passive, files, stop },
    user: USER,
    password: PASSWORD,
    ...(certificate !== undefined && { certificate: certificate.certificate }),
    ...(protocolLog !== undefined && { protocolLog }),
    async give(name, content) {
      const file = join(files, name)
      await writeFile(file, content)
      await chown(file, UID, UID)
      return file
    },
    errors: () => program.errors,
    [Symbol.asyncDispose]: stop,
  }
}

/** One run of free ports for both, so that the control port is never one of the passive ports. */
async function portsFor(options: LabServerOptions): Promise<{ port: number; passive: FreePorts }> {
  const { port, passive } = options
  if (port !== undefined && passive !== undefined) return { port, passive }
  const { basePort } = await freePorts(PASSIVE_PORTS + 1)
  return {
    port: port ?? basePort,
    passive: passive ?? { basePort: basePort + 1, numberOfPorts: PASSIVE_PORTS },
  }
}

/** Servers that drop their rights after the login have to get through to `files`, and own it. */
async function makeFolders(path: string): Promise<{ files: string; scratch: string }> {
  const files = join(path, 'files')
  const scratch = join(path, 'scratch')
  for (const folder of [files, scratch]) await mkdir(folder)
  for (const folder of [path, files, scratch]) await chmod(folder, 0o755)
  if (process.getuid?.() === 0) await chown(files, UID, UID)
  return { files, scratch }
}
