import type { FtpServer } from '@portolan/server'
import type { Settings } from '@portolan/settings'

/** What `portolan serve` runs: a server alone, or a node with a store. */
export interface Serving extends AsyncDisposable {
  readonly server: Pick<FtpServer, 'addresses'>
  /** Those in force. */
  readonly settings: Settings
  /** Who may log in, to show how. */
  readonly user: { readonly name: string; readonly home: string } | undefined
  readonly links: {
    readonly console?: string
    /** Makes the first administrator. */
    readonly setup?: string
  }
  /** Reads the settings anew and puts them in force, or says in the log why not. Never throws. */
  reload(this: void): void
}
