/** What the HTTP layer reads of the settings' section `console`. Times in milliseconds. */
export interface ConsoleSettings {
  /** Who does nothing for so long is signed out. */
  readonly sessionIdle: number
  /** Who has been signed in for so long signs in again. */
  readonly sessionLifetime: number
  /** Addresses and networks whose X-Forwarded headers are believed. */
  readonly trustedProxies: readonly string[]
  /** Origin at which browsers reach the console, where a proxy stands between. */
  readonly publicUrl?: string | undefined
}
