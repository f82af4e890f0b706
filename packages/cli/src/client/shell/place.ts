import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UserError } from '../../user-error.ts'
import type { ClientRun } from '../client-run.ts'
import type { Remote } from '../remotes.ts'
import { NameCache } from './name-cache.ts'

/** Where a shell is: a server and a folder there, and a folder here. */
export class Place {
  readonly names = new NameCache()
  /** The local folder. */
  cwd: string
  #remote: Remote | undefined
  #folder = ''

  constructor(cwd: string) {
    this.cwd = cwd
  }

  /** For the prompt: `anna@ftp.example.org:/pub`; empty when there is no server. */
  get title(): string {
    return this.#remote ? `${this.#remote.server.name} ${this.#folder}` : ''
  }

  /** The full path of the present folder. */
  get folder(): string {
    return this.#folder
  }

  /** The server, undefined before `open` and after `close`. */
  get remote(): Remote | undefined {
    return this.#remote
  }

  /** A path as meant from the present folder. @throws {UserError} without a server */
  at(path: string): Remote {
    if (!this.#remote) throw new UserError('There is no connection: open URL makes one')
    return { ...this.#remote, path }
  }

  /** Connects, and goes to the folder of the URL. Leaves the place as it was when that fails. */
  async open(run: ClientRun, url: string): Promise<void> {
    const remote = await run.remotes.find(url)
    const { client, path, server } = remote
    try {
      await client.connect({ signal: run.signal })
      this.#folder =
        path === '' ? await client.pwd({ signal: run.signal }) : await client.cd(path, { signal: run.signal })
    } catch (error) {
      // It may be open soon: a person tries again.
      run.remotes.forget(server)
      throw error
    }
    if (this.#remote && this.#remote.server !== server) await this.close(run)
    this.#remote = remote
    this.names.clear()
  }

  async close(run: ClientRun): Promise<void> {
    const remote = this.at('')
    this.#remote = undefined
    this.names.clear()
    run.remotes.forget(remote.server)
    await remote.client.close()
  }

  async go(run: ClientRun, path: string): Promise<void> {
    this.#folder = await this.at('').client.cd(path, { signal: run.signal })
    this.names.clear()
  }

  /** @throws {UserError} for what is no folder */
  async goLocal(path: string): Promise<void> {
    const folder = resolve(this.cwd, path)
    const stats = await stat(folder).catch(() => undefined)
    if (!stats?.isDirectory()) throw new UserError(`There is no folder ${folder}`)
    this.cwd = folder
  }
}
