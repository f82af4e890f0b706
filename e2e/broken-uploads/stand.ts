import type { Dialogue } from '../support/dialogue.ts'
import type { LogLine } from '../support/log.ts'
import { ALICE, type Portolan, type PortolanUser, startPortolan } from '../support/portolan.ts'
import { logIn } from './upload.ts'

/** Somebody else who uses the same folder. */
export const BOB: PortolanUser = { name: 'bob', password: 'another' }

/** For a line of the log. Uploads end much sooner, and so do the timeouts of the tests. */
const LOG_MS = 15_000

/** A server with two workers, and sessions that look at what there is. */
export class Stand implements AsyncDisposable {
  readonly server: Portolan
  readonly #sessions = new AsyncDisposableStack()
  /** A dialogue is for one at a time: each test takes a pair of its own. */
  readonly #pairs: { readonly alice: Dialogue; readonly bob: Dialogue }[] = []

  private constructor(server: Portolan) {
    this.server = server
  }

  static async open(timeouts: Readonly<Record<string, string>>): Promise<Stand> {
    const flags = ['--tls-self-signed', '--workers', '2', '--max-per-ip', '0']
    return new Stand(await startPortolan({ users: [ALICE, BOB], flags, settings: { timeouts } }))
  }

  async withWatchers(look: (alice: Dialogue, bob: Dialogue) => Promise<void>): Promise<void> {
    const pair = this.#pairs.pop() ?? {
      alice: this.#sessions.use(await logIn(this.server, ALICE)),
      bob: this.#sessions.use(await logIn(this.server, BOB)),
    }
    await look(pair.alice, pair.bob)
    this.#pairs.push(pair)
  }

  /** How the log says that a transfer ended. @param from - lines before this one do not count */
  endOf(file: string, from = 0): Promise<LogLine> {
    const { log } = this.server
    const fits = (line: LogLine) =>
      line.event === 'transfer-ended' && line.path === `/${file}` && log.lines.indexOf(line) >= from
    return log.wait(fits, LOG_MS)
  }

  /** Processes of workers that were started and not lost. */
  workers(): number[] {
    const pids = (event: string) =>
      this.server.log.lines.filter(line => line.event === event).map(({ pid }) => Number(pid))
    const lost = pids('worker-lost')
    return pids('worker-started').filter(pid => !lost.includes(pid))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sessions.disposeAsync()
    await this.server[Symbol.asyncDispose]()
  }
}
