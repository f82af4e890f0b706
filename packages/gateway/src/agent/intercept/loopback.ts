import type { Socket } from 'node:net'
import { formatEpsvReply, formatPasvReply } from '@portolan/protocol'
import type { Target } from '../../policy/types.ts'
import { plainAddress } from '../../transport/address.ts'
import { closeWithReset } from '../../wire/linger.ts'
import { StreamRefused } from '../../wire/types.ts'
import type { FilterStep, StreamFilter } from '../filtered-stream.ts'
import type { Ask, Reach } from '../reach.ts'
import { clientOf, type Interceptor, listenForClients, reachFor } from './client-listener.ts'
import { DataListeners } from './data-listeners.ts'
import { PassiveReplies, type ReplyPiece } from './passive-replies.ts'

interface LoopbackOptions {
  readonly host: string
  readonly port: number
  /** The application that this listener stands for. */
  readonly target: Target
  readonly reach: Pick<Reach, 'reach' | 'fits'>
  /** Told what cannot work, such as data connections of a control connection that nobody can read. */
  onProblem(text: string): void
}

/**
 * A listener of its own for one application, for programs that know no proxy. Of FTP, replies to PASV and EPSV are rewritten: they name
 * a port of this machine, which takes the one data connection and leads it to where the server wanted it.
 * @throws {GatewayError} `GATEWAY_INTERCEPT`
 */
export function serveLoopback(options: LoopbackOptions): Promise<Interceptor> {
  const what = `The listener for ${options.target.host} port ${options.target.port}`
  return listenForClients(options, what, socket => serve(socket, options))
}

async function serve(socket: Socket, options: LoopbackOptions): Promise<void> {
  const { reach, target } = options
  const client = clientOf(socket)
  socket.pause()
  try {
    const passage = await reachFor(reach, socket, { target, via: 'listener', ...(client && { client }) })
    if (!passage) return void socket.destroy()
    const listeners = new DataListeners()
    socket.once('close', () => listeners[Symbol.dispose]())
    passage.join(socket, rewriting(new Rewriter(socket, listeners, options)))
  } catch (error) {
    if (!(error instanceof StreamRefused)) throw error
    // The kernel has accepted already: a reset says at once that there is nothing.
    closeWithReset(socket)
  }
}

function rewriting(rewriter: Rewriter): StreamFilter {
  const replies = new PassiveReplies()
  const steps = (pieces: readonly ReplyPiece[]) => pieces.flatMap(piece => rewriter.step(piece))
  return { cut: bytes => steps(replies.push(bytes)), flush: () => steps(replies.flush()) }
}

class Rewriter {
  readonly #socket: Socket
  readonly #listeners: DataListeners
  readonly #options: LoopbackOptions
  /** At which of this machine's addresses the client is. */
  readonly #here: string
  readonly #client: string

  constructor(socket: Socket, listeners: DataListeners, options: LoopbackOptions) {
    this.#socket = socket
    this.#listeners = listeners
    this.#options = options
    this.#here = plainAddress(socket.localAddress)
    this.#client = plainAddress(socket.remoteAddress)
  }

  step(piece: ReplyPiece): FilterStep[] {
    if (piece.kind === 'bytes') return [{ bytes: piece.bytes, worth: piece.bytes.length }]
    if (piece.kind === 'passive') return [() => this.#rewrite(piece)]
    const { host, port } = this.#options.target
    this.#options.onProblem(
      `The control connection to ${host} port ${port} is encrypted from here on, so the ports of data connections cannot be read and led through this listener. Use SOCKS 5, the HTTP proxy or --transparent for FTPS.`,
    )
    return []
  }

  async #rewrite(piece: Extract<ReplyPiece, { kind: 'passive' }>) {
    const { bytes } = piece
    const asItWas = { bytes, worth: bytes.length }
    if (piece.by === 'PASV' && this.#here.includes(':')) {
      this.#options.onProblem(
        `PASV cannot tell an IPv6 address, and the client is connected to ${this.#here}: use EPSV, or a listener at 127.0.0.1.`,
      )
      return asItWas
    }
    const { target } = this.#options
    const asked = { host: piece.address ?? target.host, port: piece.port }
    const port = await this.#listeners.listen(this.#here, this.#client, data => void this.#take(data, asked))
    const line =
      piece.by === 'PASV'
        ? `227 ${formatPasvReply({ address: this.#here, port })}\r\n`
        : `229 ${formatEpsvReply(port)}\r\n`
    return { bytes: Buffer.from(line), worth: bytes.length }
  }

  async #take(data: Socket, asked: Target): Promise<void> {
    const { reach, target } = this.#options
    const client = clientOf(data)
    data.pause()
    try {
      const ask: Ask = {
        target: reach.fits(asked) ? asked : { host: target.host, port: asked.port },
        via: 'listener',
        control: target.host,
        ...(client && { client }),
      }
      const passage = await reachFor(reach, data, ask)
      if (!passage) return void data.destroy()
      passage.join(data)
    } catch (error) {
      closeWithReset(data)
      if (!(error instanceof StreamRefused)) this.#socket.destroy()
    }
  }
}
