import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { FakeSession, usualAnswer } from './fake-session.ts'
import { portOf } from './ports.ts'
import { type Answer, bytesOf, type Script } from './script.ts'

/** An FTP server that does what its script says, on real sockets. What the script leaves out it does right. */
export class FakeServer implements AsyncDisposable {
  readonly script: Script
  readonly address: string
  /** Every line that came, of all connections, in order; PASS with its argument. */
  readonly lines: string[] = []
  /** What went wrong in the server itself: a mistake in the script. */
  readonly failures: unknown[] = []
  /** A port that answers nobody, for `{filtered}` and `{f}`. */
  readonly filtered: number
  readonly #server: Server
  readonly #sessions: FakeSession[] = []
  readonly #files = new Map<string, Buffer>()
  readonly #uses = new Map<string, number>()

  private constructor(script: Script, filtered: number) {
    this.script = script
    this.filtered = filtered
    this.address = script.address ?? '127.0.0.1'
    for (const [name, content] of Object.entries(script.files ?? {}))
      this.#files.set(name, typeof content === 'number' ? bytesOf(content) : Buffer.from(content, 'latin1'))
    this.#server = createServer({ allowHalfOpen: true }, socket =>
      this.#sessions.push(new FakeSession(this, socket)),
    )
  }

  static async start(script: Script, filtered = 0): Promise<FakeServer> {
    const fake = new FakeServer(script, filtered)
    fake.#server.listen({ host: fake.address, port: 0 })
    await once(fake.#server, 'listening')
    return fake
  }

  get port(): number {
    return portOf(this.#server)
  }

  /** Control connections that were made. */
  get sessions(): number {
    return this.#sessions.length
  }

  /** Control connections that stand. */
  get standing(): number {
    return this.#sessions.filter(session => !session.closed).length
  }

  /** Resolves when the clients have closed every control connection. */
  async idle(): Promise<void> {
    await Promise.all(this.#sessions.map(session => session.ended()))
  }

  file(name: string): Buffer | undefined {
    return this.#files.get(name)
  }

  /** Writes bytes into a file from `start` on; what was behind them goes. */
  store(name: string, start: number, bytes: Buffer): void {
    const before = this.#files.get(name) ?? Buffer.alloc(0)
    this.#files.set(name, Buffer.concat([before.subarray(0, start), bytes]))
  }

  note(line: string): void {
    this.lines.push(line)
  }

  fail(error: unknown): void {
    this.failures.push(error)
  }

  /** What the script says to a command, or what is usual. */
  answerTo(line: string, verb: string): Answer {
    const { on = {}, features } = this.script
    const key = Object.hasOwn(on, line) ? line : verb
    const scripted = on[key]
    if (!scripted) return usualAnswer({ line, verb }, features)
    if (!('turns' in scripted)) return scripted
    const use = this.#uses.get(key) ?? 0
    this.#uses.set(key, use + 1)
    return scripted.turns[Math.min(use, scripted.turns.length - 1)] ?? []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const session of this.#sessions) session.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
