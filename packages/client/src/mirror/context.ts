import type { FtpClient } from '../client.ts'
import { aborted, FtpError, type Phase } from '../errors.ts'
import { LocalTree } from './local-tree.ts'
import { checkLocalName, checkName, foldName, type NameRules } from './names.ts'
import type { MirrorSettings } from './options.ts'
import { RemoteTree } from './remote-tree.ts'
import { Tally } from './tally.ts'
import { isFatal } from './transfer-file.ts'
import type { TargetTree, Tree } from './tree.ts'

/** What all parts of one run share. */
export class MirrorContext {
  readonly client: FtpClient
  readonly settings: MirrorSettings
  readonly local: LocalTree
  readonly remote: RemoteTree
  readonly source: Tree
  readonly target: TargetTree
  readonly tally: Tally
  /** Fires when the caller has enough, and when something failed that would fail everywhere. */
  readonly signal: AbortSignal
  readonly #names: NameRules | undefined
  readonly #caller: AbortSignal
  readonly #stop = new AbortController()

  /** @param names - what names of the local file system are like, for downloads */
  constructor(
    client: FtpClient,
    settings: MirrorSettings,
    names: NameRules | undefined,
    caller: AbortSignal,
  ) {
    const down = settings.direction === 'download'
    const follow = settings.links === 'follow'
    this.client = client
    this.settings = settings
    this.local = new LocalTree(settings.local, { follow: !down && follow })
    this.remote = new RemoteTree(client, settings.remote, { follow: !down || follow })
    this.source = down ? this.remote : this.local
    this.target = down ? this.local : this.remote
    this.tally = new Tally(settings.onEvent)
    this.signal = AbortSignal.any([caller, this.#stop.signal])
    this.#names = names
    this.#caller = caller
  }

  /** What two names have in common that are one name in the target. */
  fold(name: string): string {
    return this.#names ? foldName(name, this.#names) : name
  }

  /** @throws {FtpError} `FTP_NAME` for a name that the target cannot have */
  check(name: string): void {
    if (this.#names) checkLocalName(name, this.#names)
    else checkName(name)
  }

  /** @throws {FtpError} `FTP_ABORTED` once the caller has enough */
  throwIfAborted(phase: Phase): void {
    if (this.#caller.aborted) throw aborted(phase, this.#caller)
  }

  /** The failure of one entry. What would fail everywhere is thrown, and ends the run. */
  failure(error: unknown): FtpError {
    this.throwIfAborted('transfer')
    if (!(error instanceof FtpError) || isFatal(error)) throw this.fatal(error)
    return error
  }

  /** Ends everything that is under way. Hands back the error, to be thrown. */
  fatal(error: unknown): unknown {
    this.#stop.abort(error)
    return error
  }
}
