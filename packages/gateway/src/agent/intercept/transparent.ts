import { existsSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { addressFamily, isAddress, normaliseAddress } from '@portolan/protocol'
import type { ExpectNote } from '../../control/messages.ts'
import { GatewayError } from '../../errors.ts'
import type { Definition } from '../../policy/types.ts'
import { closeWithReset } from '../../wire/linger.ts'
import { StreamRefused } from '../../wire/types.ts'
import type { Reach } from '../reach.ts'
import { clientOf, reachFor } from './client-listener.ts'
import { type KernelNet, loadKernelNet } from './kernel-net.ts'
import {
  type ExpectedElement,
  type Families,
  formatEncrypted,
  formatExpected,
  formatRemoval,
  formatRules,
  notAllowed,
  runNft,
} from './nft.ts'
import { planRedirects } from './redirect-plan.ts'

const LOOPBACK: Readonly<Record<4 | 6, string>> = { 4: '127.0.0.1', 6: '::1' }
/** A port that is free in one family may be taken in the other. */
const ATTEMPTS = 20
const MAX_CLIENTS = 8_192

/** Interception by the packet filter of Linux. */
export interface Transparent extends AsyncDisposable {
  /** `nftables, port N`. */
  readonly address: string
  /** Redirects what these definitions forward, and nothing else. Several calls at once: the last one counts. */
  update(definitions: readonly Definition[]): Promise<void>
  /**
   * Redirects what a server has named for a data connection.
   * @param control - host of the control connection: programs that pass over the address of a reply to PASV dial it
   */
  expect(note: ExpectNote, control: string): Promise<void>
  /** Redirects data connections to a server as long as nobody reads which ports it names. Names are passed over. */
  encrypted(host: string, isEncrypted: boolean): Promise<void>
}

/**
 * Finds out whether this machine can do it, before anybody is asked for a password, and takes away what an agent has left that was killed.
 * @throws {GatewayError} `GATEWAY_INTERCEPT` that says what to do
 */
export async function prepareTransparent(): Promise<KernelNet> {
  const kernel = loadKernelNet()
  if (!kernel) {
    const text =
      process.platform === 'linux'
        ? 'Transparent interception needs the FFI of Node, which is not there: start it without --no-experimental-ffi, or use SOCKS 5.'
        : 'Transparent interception is for Linux alone: use SOCKS 5.'
    throw new GatewayError('GATEWAY_INTERCEPT', text)
  }
  const trial = kernel.marked(4, 1)
  if (!trial) throw notAllowed()
  trial.destroy()
  await runNft(formatRemoval(familiesHere()))
  return kernel
}

/** IPv6 can be switched off. */
const familiesHere = (): Families => (existsSync('/proc/net/if_inet6') ? [4, 6] : [4])

/**
 * Listens; the packet filter is set up by {@link Transparent.update}.
 * @throws {GatewayError} `GATEWAY_INTERCEPT`
 */
export async function interceptTransparently(options: {
  readonly kernel: KernelNet
  readonly reach: Reach
  onProblem(text: string): void
}): Promise<Transparent> {
  const families = familiesHere()
  const sockets = new Set<Socket>()
  const { servers, port } = await listenAtAll(families, socket => {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    serve(socket, port, options).catch(() => closeWithReset(socket))
  })
  const told = new Set<string>()
  const awaited: (ExpectedElement & { readonly until: number })[] = []
  const stillAwaited = () => {
    const now = performance.now()
    const left = awaited.filter(({ until }) => until > now)
    awaited.splice(0, awaited.length, ...left)
    return left.map(element => ({ ...element, seconds: (element.until - now) / 1_000 }))
  }
  const encrypted = new Set<string>()
  const encryptedHere = () =>
    [...encrypted]
      .map(address => ({ address, family: addressFamily(address) }))
      .filter(({ family }) => families.includes(family))
  let last: Promise<void> = Promise.resolve()
  let isOver = false
  const inOrder = async (commands: string) => {
    // An edge may still say something when the rules have been taken away.
    if (isOver) return
    last = last.catch(() => {}).then(() => runNft(commands))
    await last
  }
  return {
    address: `nftables, port ${port}`,
    update(definitions) {
      const plan = planRedirects(definitions)
      for (const name of plan.names.filter(one => !told.has(one))) {
        told.add(name)
        options.onProblem(
          `${name} is a name, and a packet filter knows addresses alone: reach it by SOCKS 5 or the HTTP proxy.`,
        )
      }
      return inOrder(formatRules(plan, port, families, stillAwaited(), encryptedHere()))
    },
    async expect({ address, port: expected, seconds }, control) {
      const addresses = new Set([address, control].filter(isAddress).map(normaliseAddress))
      const elements = [...addresses]
        .map(plain => ({ address: plain, family: addressFamily(plain), port: expected, seconds }))
        .filter(({ family }) => families.includes(family))
      stillAwaited()
      for (const element of elements) awaited.push({ ...element, until: performance.now() + seconds * 1_000 })
      if (elements.length > 0) await inOrder(elements.map(formatExpected).join(''))
    },
    async encrypted(host, isEncrypted) {
      if (!isAddress(host)) return
      const element = { address: host, family: addressFamily(host) }
      if (isEncrypted) encrypted.add(host)
      else encrypted.delete(host)
      if (families.includes(element.family)) await inOrder(formatEncrypted(element, isEncrypted))
    },
    async [Symbol.asyncDispose]() {
      const removed = inOrder(formatRemoval(families))
      isOver = true
      try {
        await removed
      } finally {
        const closed = servers.map(server => new Promise<void>(resolve => server.close(() => resolve())))
        for (const socket of sockets) closeWithReset(socket)
        await Promise.all(closed)
      }
    },
  }
}

async function serve(
  socket: Socket,
  port: number,
  { kernel, reach }: { readonly kernel: KernelNet; readonly reach: Reach },
): Promise<void> {
  socket.pause()
  const target = kernel.originalTarget(socket)
  // Who dials the port itself was not redirected, and would be led in a circle.
  if (!target || (target.port === port && Object.values(LOOPBACK).includes(normaliseAddress(target.host))))
    return closeWithReset(socket)
  const host = normaliseAddress(target.host)
  const client = clientOf(socket)
  try {
    const ask = {
      target: { host, port: target.port },
      via: 'transparent',
      ...(client && { client }),
    } as const
    const passage = await reachFor(reach, socket, ask)
    if (!passage) return void socket.destroy()
    passage.join(socket)
  } catch (error) {
    if (!(error instanceof StreamRefused)) throw error
    // The kernel has accepted already. A reset at once is the nearest to a refusal.
    closeWithReset(socket)
  }
}

/** Listens at the same port of the loopback addresses of all families. */
async function listenAtAll(
  families: Families,
  onSocket: (socket: Socket) => void,
): Promise<{ servers: readonly Server[]; port: number }> {
  let failure: unknown
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const servers: Server[] = []
    let port = 0
    try {
      for (const family of families) {
        const server = await listenAt(LOOPBACK[family], port, onSocket)
        servers.push(server)
        const address = server.address()
        if (address !== null && typeof address === 'object') port = address.port
      }
      return { servers, port }
    } catch (error) {
      failure = error
      for (const server of servers) server.close()
    }
  }
  throw new GatewayError('GATEWAY_INTERCEPT', `No port of the loopback is free: ${String(failure)}`, {
    cause: failure,
  })
}

async function listenAt(host: string, port: number, onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket)
  server.maxConnections = MAX_CLIENTS
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen({ host, port }, resolve)
  await promise
  server.off('error', reject).on('error', () => {})
  return server
}
