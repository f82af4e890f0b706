import type { Because } from '@portolan/channels'
import type { PermissionRule } from './permissions.ts'

/** A folder of the host that a user sees under a path. The home is the mount at `/`. */
export interface Mount {
  /** Virtual path, absolute and normalised. */
  readonly path: string
  /** Folder of the host, absolute. */
  readonly folder: string
  readonly readOnly: boolean
}

/** Everything a session needs to know of the user who logged in. Plain data: it crosses from the controller to a worker. */
export interface Account {
  readonly user: string
  readonly groups: readonly string[]
  readonly anonymous: boolean
  readonly mounts: readonly Mount[]
  readonly permissions: readonly PermissionRule[]
  /** The user class of this session, and the rule that made it so. */
  readonly userClass: string
  readonly userClassBecause: Because
  /** Bytes per second, shared by all sessions of the user; absent: no limit. */
  readonly uploadRate?: number
  readonly downloadRate?: number
  /** True when uploads have to be reserved with the controller. */
  readonly quota: boolean
  /** Milliseconds; absent: the general idle timeout. */
  readonly idleTimeout?: number
}
