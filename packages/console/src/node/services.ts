import type { FtpServer } from '@portolan/server'
import type { Settings, UserSettings } from '@portolan/settings'
import type { Store } from '@portolan/store'
import type { Overview, Sample } from '../contract/index.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { AccessOfNode } from './access/gateway-host.ts'
import type { SettingsService } from './settings-service.ts'
import type { TransfersOfNode } from './transfers/node-transfers.ts'

/** What the routes work with: the parts of a running node. */
export interface Services {
  readonly node: {
    readonly name: string
    readonly version: string
    readonly startedAt: number
    /** Folder that holds what the node keeps; homes of new users are made below `files/` in it. */
    readonly dataFolder: string
  }
  readonly store: Store
  readonly server: FtpServer
  readonly settings: SettingsService
  readonly metrics: Metrics
  readonly live: LiveFigures
  /** Transfers that this server begins. */
  readonly transfers: TransfersOfNode
  /** Zero-trust access. */
  readonly access: AccessOfNode
  /** Users of the settings file and of flags, and the settings in force. */
  fileUsers(): readonly UserSettings[]
  inForce(): Settings
  now(): number
}

/** Samples of every second, for plots. */
export interface LiveFigures {
  now(): Sample
  /** The last ten minutes. */
  history(): readonly Sample[]
  /** Called once a second. */
  subscribe(listener: (sample: Sample) => void): Disposable
  /** What failed lately, newest first, at most 20. Held in memory, so that it is there without the database. */
  failures(): Overview['failures']
}
