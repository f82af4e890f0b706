import { createDialler, createThrottle, type Dialler, type Throttle } from '@portolan/channels'
import type { HashAlgorithm, RemoteEntry, Reply } from '@portolan/protocol'
import { FtpError } from './errors.ts'
import type { HostFacts } from './host-memory.ts'
import { NEVER } from './never.ts'
import type { DownloadOptions, DownloadResult } from './operations/download.ts'
import { type DownloadTarget, downloadWithRetries } from './operations/download-with-retries.ts'
import { setMode, setModified, statPath } from './operations/facts.ts'
import { makeFolder, type Removed, removeTree } from './operations/folders.ts'
import { type FolderListing, listFolder, listNames } from './operations/list.ts'
import { type RemoteChecksum, remoteChecksum } from './operations/remote-checksum.ts'
import { renamePath } from './operations/rename.ts'
import type { UploadOptions, UploadResult } from './operations/upload.ts'
import { type UploadSource, uploadWithRetries } from './operations/upload-with-retries.ts'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { SessionPool } from './pool.ts'
import { withRetry } from './retry.ts'
import { openSession } from './session/open-session.ts'
import type { Session } from './session/session.ts'

/** The options that every operation takes. */
export interface CallOptions {
  /** Ends the operation. */
  readonly signal?: AbortSignal
}

/**
 * How an operation may be repeated. `safe`: again as a whole. `unsent`: only while the command cannot have reached the
 * server: doing it twice would do something else.
 */
type Repeat = 'safe' | 'unsent'

const UNSENT_PHASES = new Set(['connect', 'greeting', 'tls', 'login'])

/**
 * An FTP(S) client that gets through. It connects when it is first needed, reconnects when it has to, goes on with
 * transfers where they broke, and does in parallel what it is asked in parallel, as far as `connections` allows.
 *
 * Relative paths are meant from the folder of the login, or that of {@link cd}.
 */
export class FtpClient implements AsyncDisposable {
  readonly options: ResolvedOptions
  readonly pool: SessionPool
  /** What all transfers of this client share; undefined: no limit. */
  readonly throttle: Throttle | undefined
  readonly #dialler: Dialler
  readonly #facts: HostFacts
  #sessions = 0
  #folder: string | undefined

  /** @throws {FtpError} `FTP_SETTING` for an option that cannot be used */
  constructor(options: ClientOptions) {
    const resolved = resolveOptions(options)
    this.options = resolved
    const { proxy, bind, rateLimit, host, port, user, tls } = resolved
    this.#dialler = createDialler({ ...(proxy && { proxy }), ...(bind !== undefined && { bind }) })
    const way = proxy ? ` by ${proxy.kind}://${proxy.host}:${proxy.port}` : ''
    this.#facts = resolved.hosts.of(`${tls} ${user}@${host}:${port}${way}`)
    this.throttle = rateLimit === undefined ? undefined : createThrottle({ bytesPerSecond: rateLimit })
    this.pool = new SessionPool({
      most: resolved.connections,
      open: signal => this.#open(signal),
      onLimit: (sessions, error) => {
        this.#facts.sessions = sessions
        const text = `The server allows ${sessions} sessions at once: ${error.message}`
        resolved.emit({
          type: 'decision',
          session: this.#sessions,
          about: 'connections',
          because: { code: 'session-limit', text },
        })
      },
    })
  }

  /** What was learnt of this server. */
  get facts(): Readonly<HostFacts> {
    return this.#facts
  }

  /** The folder in which relative paths are meant; undefined: that of the login. */
  get folder(): string | undefined {
    return this.#folder
  }

  /** Connects and logs in now instead of at the first operation. */
  async connect({ signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.use('the login', signal, 'safe', async () => {})
  }

  /**
   * Lists a folder with what the server tells of each entry. Lines that nobody can read are in `unparsed`.
   *
   * @param path - default: the present folder
   */
  async list(path?: string, { signal = NEVER }: CallOptions = {}): Promise<FolderListing> {
    return this.use(`the listing of ${path ?? 'the folder'}`, signal, 'safe', session =>
      listFolder(session, path, signal),
    )
  }

  /** Names alone, by NLST. */
  async names(path?: string, { signal = NEVER }: CallOptions = {}): Promise<readonly string[]> {
    return this.use('the names', signal, 'safe', session => listNames(session, path, signal))
  }

  /** What is known of one file or folder. @throws {FtpError} `FTP_REPLY` when there is none */
  async stat(path: string, { signal = NEVER }: CallOptions = {}): Promise<RemoteEntry> {
    return this.use(path, signal, 'safe', session => statPath(session, path, signal))
  }

  /**
   * Fetches a file. To a local path it is atomic and resumable; to a stream it goes on after a break at the byte where the
   * stream stands. The stream is not ended.
   */
  async download(
    remote: string,
    target: DownloadTarget,
    options: DownloadOptions = {},
  ): Promise<DownloadResult> {
    return downloadWithRetries(this, remote, target, options)
  }

  /** Sends a file or stream. A local file is resumed after a break; what can be read only once is not. */
  async upload(source: UploadSource, remote: string, options: UploadOptions = {}): Promise<UploadResult> {
    return uploadWithRetries(this, source, remote, options)
  }

  /** Removes a file. */
  async remove(path: string, { signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.use(path, signal, 'unsent', session => session.command('DELE', path, signal))
  }

  /** Removes an empty folder. */
  async removeFolder(path: string, { signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.use(path, signal, 'unsent', session => session.command('RMD', path, signal))
  }

  /** Removes a folder with all that is in it. Links are removed, not followed. */
  async removeTree(path: string, { signal = NEVER }: CallOptions = {}): Promise<Removed> {
    return this.use(path, signal, 'unsent', session => removeTree(session, path, signal))
  }

  /** Makes a folder; with `parents` those above too, and one that is there already is no failure. */
  async makeFolder(path: string, options: CallOptions & { readonly parents?: boolean } = {}): Promise<void> {
    const { parents = false, signal = NEVER } = options
    await this.use(path, signal, parents ? 'safe' : 'unsent', session =>
      makeFolder(session, path, { parents, signal }),
    )
  }

  /** Renames or moves. */
  async rename(from: string, to: string, { signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.use(from, signal, 'unsent', session => renamePath(session, from, to, signal))
  }

  /** Sets when a file was modified. @param modified - milliseconds since 1970, UTC */
  async setModified(path: string, modified: number, { signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.use(path, signal, 'safe', session => setModified(session, path, modified, signal))
  }

  /** Sets permissions by SITE CHMOD. @param mode - POSIX bits, such as 0o644 */
  async setMode(path: string, mode: number, { signal = NEVER }: CallOptions = {}): Promise<void> {
    await this.use(path, signal, 'safe', session => setMode(session, path, mode, signal))
  }

  /** A checksum computed by the server. @param algorithm - default: the best it has */
  async checksum(
    path: string,
    algorithm?: HashAlgorithm,
    { signal = NEVER }: CallOptions = {},
  ): Promise<RemoteChecksum> {
    return this.use(path, signal, 'safe', session => remoteChecksum(session, path, algorithm, signal))
  }

  /** Goes to a folder and answers its full path. */
  async cd(path: string, { signal = NEVER }: CallOptions = {}): Promise<string> {
    const folder = await this.use(path, signal, 'safe', session => session.changeFolder(path, signal))
    this.#folder = folder
    return folder
  }

  /** The full path of the present folder. */
  async pwd({ signal = NEVER }: CallOptions = {}): Promise<string> {
    return this.#folder ?? this.use('the folder', signal, 'safe', session => session.home(signal))
  }

  /** Sends a command as it is and hands back its final reply, whatever it says. No data connection. */
  async raw(verb: string, argument?: string, { signal = NEVER }: CallOptions = {}): Promise<Reply> {
    return this.use(verb, signal, 'unsent', session => session.ask(verb, argument, signal))
  }

  /**
   * Runs something on a session of its own, in the present folder, and again after failures that trying again can help.
   *
   * @param what - for the events
   * @param progressed - whether the last try moved anything: then the next counts as the first again
   */
  async use<T>(
    what: string,
    signal: AbortSignal,
    repeat: Repeat,
    run: (session: Session, attempt: number) => Promise<T>,
    progressed?: () => boolean,
  ): Promise<T> {
    return withRetry({
      policy: this.options.retry,
      signal,
      run: attempt =>
        this.pool.use(signal, async session => {
          await session.enter(this.#folder, signal)
          return run(session, attempt)
        }),
      retryable: error =>
        error instanceof FtpError && error.retryable && (repeat === 'safe' || UNSENT_PHASES.has(error.phase)),
      ...(progressed && { progressed }),
      onRetry: (error, attempt, delayMs) => {
        if (error instanceof FtpError) this.options.emit({ type: 'retry', what, attempt, delayMs, error })
      },
    })
  }

  /** QUIT on every session that is idle; those in use are ended. */
  async close(): Promise<void> {
    await this.pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const number = ++this.#sessions
    return openSession({ options: this.options, dialler: this.#dialler, facts: this.#facts, number }, signal)
  }
}
