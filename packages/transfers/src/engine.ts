import type { FtpClient } from '@portolan/client'
import type { RunCause, RunRow, Store } from '@portolan/store'
import type { LocalPlace, Site, SiteSecrets, Transfer, Zone } from './model/index.ts'

/** What the engine takes from the node that it runs in. */
export interface EngineOptions {
  readonly store: Pick<Store, 'initiated' | 'changes'>
  /** The name of this node, for leases. */
  readonly node: string
  /** Runs at once on this node. Default 32. */
  readonly concurrency?: number
  /** The active ports of the FTP Settings; undefined: any unused high port. Asked for each connection. */
  activePorts(): { readonly basePort: number; readonly numberOfPorts: number } | undefined
  /**
   * Where a place of this server is on disk, and whether the user may do that there now.
   * @throws with a sentence when the user, the folder or the permission is not there
   */
  resolve(place: LocalPlace, need: 'read' | 'write'): Promise<string>
  /** Programs that the step `program` may run, by name; absolute paths. */
  programs(): Readonly<Record<string, string>>
  /** How mail leaves; undefined: it does not. */
  mail():
    | {
        readonly host: string
        readonly port: number
        /** `starttls`: upgraded before anything is sent, or nothing is sent. */
        readonly tls: 'off' | 'starttls' | 'implicit'
        readonly from: string
        readonly user?: string
        readonly password?: string
      }
    | undefined
  /** Key of HMAC signatures of webhooks; undefined: unsigned. */
  webhookKey(): string | undefined
  onEvent(event: EngineEvent): void
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number
}

/** What happens in the engine: for logs, figures and live pages. */
export type EngineEvent =
  | {
      readonly type: 'run-queued' | 'run-started' | 'run-progress' | 'run-retrying' | 'run-ended'
      readonly run: RunRow
    }
  | { readonly type: 'warning'; readonly code: string; readonly text: string }

/** Runs transfers of this node until it is disposed; then running ones are given back at once, for others or for the next start. */
export interface Engine extends AsyncDisposable {
  /** Makes a run by hand. @throws {TransferError} when there is no such transfer, or it cannot run */
  request(transfer: string, cause: Omit<RunCause, 'kind'>): Promise<RunRow>
  /** A run that is over, once more. */
  again(run: string, by: string): Promise<RunRow>
  cancel(run: string): Promise<boolean>
  /** A file was uploaded whole, or renamed to this: those transfers begin whose trigger it is. `path` as the user sees it. */
  arrived(file: { readonly user: string; readonly path: string }): void
  /** A data connection of a client failed. */
  dataFailed(failure: {
    readonly user: string
    readonly address: string
    readonly code: string
    readonly text: string
  }): void
  /** A client for a site as the runs use it, for *Test connection* and listings. The caller disposes it. */
  clientFor(site: Site, secrets: SiteSecrets, zone: Zone | undefined): FtpClient
  /** Waits until nothing is due and nothing runs, for tests. */
  idle(signal: AbortSignal): Promise<void>
}

/** A definition with what a person wants to know of it. */
export interface TransferOutlook {
  readonly transfer: Transfer
  /** The next times of its schedule, in milliseconds. */
  readonly next: readonly number[]
}
