import { EventEmitter, once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { ReplyReader } from '@portolan/protocol'
import type { FtpServer } from '@portolan/server'

/** A few passive ports that are free now. */
export async function somePorts(): Promise<{ basePort: number; numberOfPorts: number }> {
  for (let tries = 0; tries < 100; tries++) {
    const basePort = 20_000 + 10 * Math.floor(Math.random() * 1_000)
    const ports = Array.from({ length: 10 }, (_, n) => basePort + n)
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return { basePort, numberOfPorts: 10 }
  }
  throw new Error('no ten ports in a row are free')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

/** How long a reply may take. */
const REPLY_MS = 10_000

/** A control connection whose every line a test writes itself. It closes when the server does. */
export class RawFtp implements Disposable {
  readonly #socket: Socket
  readonly #replies = new EventEmitter<{ reply: [string] }>()
  readonly #waiting: string[] = []
  /** Resolves when the connection is over. */
  readonly closed: Promise<unknown>

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = new ReplyReader()
    socket.on('data', chunk => {
      for (const { code, lines } of reader.push(Buffer.from(chunk))) {
        this.#waiting.push(`${code} ${lines.join('\n')}`)
        this.#replies.emit('reply', '')
      }
    })
    socket.on('error', () => {})
    this.closed = once(socket, 'close')
  }

  /** Connects, and logs in when a user is given. */
  static async open(server: Pick<FtpServer, 'addresses'>, user?: string, password = ''): Promise<RawFtp> {
    const ftp = new RawFtp(connect(server.addresses[0]?.port ?? 0, '127.0.0.1'))
    await ftp.reply()
    if (user === undefined) return ftp
    await ftp.say(`USER ${user}`)
    await ftp.say(`PASS ${password}`)
    return ftp
  }

  /** Sends a line, and resolves with the reply to it. */
  say(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`)
    return this.reply()
  }

  /** The next reply: its code and its text. */
  async reply(): Promise<string> {
    if (this.#waiting.length === 0)
      await once(this.#replies, 'reply', { signal: AbortSignal.timeout(REPLY_MS) })
    return this.#waiting.shift() ?? ''
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
}
