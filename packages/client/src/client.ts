import { createDialler, createThrottle, type Dialler, type Throttle } from '@portolan/channels'
import type { HashAlgorithm, RemoteEntry, Reply } from '@portolan/protocol'
import { aborted, FtpError, isRestartRefused } from './errors.ts'
import type { HostFacts } from './host-memory.ts'
import {
  type DownloadOptions,
  type DownloadResult,
  downloadToFile,
  downloadToSink,
  learnFile,
} from './operations/download.ts'
import { setMode, setModified, statPath } from './operations/facts.ts'
import { makeFolder, type Removed, removeTree } from './operations/folders.ts'
import { type FolderListing, listFolder, listNames } from './operations/list.ts'
import { type RemoteChecksum, remoteChecksum } from './operations/remote-checksum.ts'
import { renamePath } from './operations/rename.ts'
import { downloadSegments, SEGMENTED_FROM } from './operations/segments.ts'
import { type UploadOptions, type UploadResult, uploadFile, uploadStream } from './operations/upload.ts'
import { type ClientOptions, type ResolvedOptions, resolveOptions } from './options.ts'
import { SessionPool } from './pool.ts'
import { withRetry } from './retry.ts'
import { openSession } from './session/open-session.ts'
import type { Session } from './session/session.ts'

/** Where downloaded bytes may go besides a file. */
export type DownloadTarget = string | NodeJS.WritableStream

/** Where bytes to upload may come from: a local path, or what can be read once. */
export type UploadSource = string | AsyncIterable<Uint8Array> | Uint8Array

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

const NEVER = new AbortController().signal
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
  readonly #dialler: Dialler
  readonly #facts: HostFacts
  readonly #throttle: Throttle | undefined
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
    this.#throttle = rateLimit === undefined ? undefined : createThrottle({ bytesPerSecond: rateLimit })
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
    const signal = options.signal ?? NEVER
    if (typeof target !== 'string') return this.#downloadToStream(remote, target, options, signal)
    let moved = 0
    let before = 0
    const progressing: DownloadOptions = {
      ...options,
      onProgress: (bytes, total) => {
        moved = bytes
        options.onProgress?.(bytes, total)
      },
    }
    const segments = options.segments ?? 1
    const throttle = this.#throttle
    const whole = segments > 1 && (await this.#learn(remote, options, signal))
    if (whole && (whole.size ?? 0) >= SEGMENTED_FROM) {
      try {
        return await downloadSegments(this, {
          remote,
          local: target,
          options,
          known: whole,
          throttle,
          signal,
        })
      } catch (error) {
        if (!isRestartRefused(error)) throw error
      }
    }
    const parts = new Set<string>()
    // What a try has fetched belongs to this very download; what a listing said before it broke may be old.
    const { known: _old, ...again } = { ...progressing, resume: true }
    return this.use(
      `the download of ${remote}`,
      signal,
      'safe',
      (session, attempt) => {
        before = moved
        return downloadToFile({
          session,
          remote,
          local: target,
          options: attempt === 0 ? progressing : again,
          throttle,
          signal,
          parts,
        })
      },
      () => moved > before,
    )
  }

  /** Sends a file or stream. A local file is resumed after a break; what can be read only once is not. */
  async upload(source: UploadSource, remote: string, options: UploadOptions = {}): Promise<UploadResult> {
    const signal = options.signal ?? NEVER
    const throttle = this.#throttle
    if (typeof source !== 'string') {
      const stream = source instanceof Uint8Array ? once(source) : source
      const repeat = source instanceof Uint8Array && options.how !== 'append' && options.how !== 'unique'
      return this.use(`the upload of ${remote}`, signal, repeat ? 'safe' : 'unsent', session =>
        uploadStream(session, source instanceof Uint8Array ? once(source) : stream, remote, {
          ...options,
          throttle,
          signal,
        }),
      )
    }
    let sent = false
    let offset = 0
    let before = 0
    const progressing: UploadOptions = {
      ...options,
      onProgress: (bytes, total) => {
        sent = true
        options.onProgress?.(bytes, total)
      },
    }
    const repeat = options.how === 'append' || options.how === 'unique' ? 'unsent' : 'safe'
    return this.use(
      `the upload of ${remote}`,
      signal,
      repeat,
      (session, attempt) => {
        before = offset
        return uploadFile({
          session,
          local: source,
          remote,
          options: progressing,
          throttle,
          signal,
          again: attempt > 0 && sent,
          onOffset: bytes => {
            offset = bytes
          },
        })
      },
      // What was sent may be lost on the way: only what the server was found to have is progress.
      () => offset > before,
    )
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

  async #learn(remote: string, options: DownloadOptions, signal: AbortSignal) {
    return options.known ?? this.use(remote, signal, 'safe', session => learnFile(session, remote, signal))
  }

  async #downloadToStream(
    remote: string,
    target: NodeJS.WritableStream,
    options: DownloadOptions,
    signal: AbortSignal,
  ): Promise<DownloadResult> {
    const { type = 'binary', onProgress } = options
    let written = 0
    let before = 0
    const sink = {
      write: async (chunk: Buffer) => {
        // The chunk's memory is used again, and a stream may keep what it was given.
        await writeTo(target, Buffer.from(chunk), signal)
        written += chunk.length
      },
    }
    const known = await this.#learn(remote, options, signal)
    const expected = type === 'ascii' ? undefined : known.size
    const { end } = await this.use<Pick<DownloadResult, 'end'>>(
      `the download of ${remote}`,
      signal,
      'safe',
      async session => {
        before = written
        if (type === 'ascii' && written > 0)
          throw new FtpError('FTP_TRANSFER', `The file ${remote} broke off, and ASCII cannot be resumed.`, {
            phase: 'transfer',
          })
        // A stream cannot take back what it was given.
        if (expected !== undefined && written > expected) throw changed(remote, expected, written)
        if (expected !== undefined && expected > 0 && written === expected) return { end: 'claimed' }
        const offset = written
        return downloadToSink(session, remote, sink, {
          offset,
          type,
          signal,
          expected,
          throttle: this.#throttle,
          onProgress: bytes => onProgress?.(offset + bytes, expected),
        })
      },
      () => written > before,
    )
    if (expected !== undefined && written !== expected) throw changed(remote, expected, written)
    return { bytes: written, resumedAt: 0, modified: known.modified, end }
  }
}

function changed(remote: string, expected: number, written: number): FtpError {
  return new FtpError('FTP_CHANGED', `The file ${remote} had ${expected} bytes, and ${written} arrived.`, {
    phase: 'completion',
  })
}

/** Writes with backpressure. @throws what ended the stream */
function writeTo(target: NodeJS.WritableStream, chunk: Buffer, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted('local', signal))
    signal.addEventListener('abort', stop, { once: true })
    target.write(chunk, error => {
      signal.removeEventListener('abort', stop)
      if (error) reject(error)
      else resolve()
    })
  })
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
