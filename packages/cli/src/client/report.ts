import type { RemoteEntry } from '@portolan/protocol'

/** A number that tells one file of a run from the others. */
interface OfTask {
  readonly task: number
  /** The path as it was asked for. */
  readonly name: string
}

/** Everything that a command tells of its work. With `--json` each is one line on standard output, as it stands here. */
export type ReportEvent =
  /** A transfer begins. */
  | (OfTask & { readonly event: 'start'; readonly direction: 'download' | 'upload'; readonly total?: number })
  /** `bytes` of `total` are there, those of an earlier run included. `rate` in bytes per second. */
  | (OfTask & {
      readonly event: 'progress'
      readonly bytes: number
      readonly total?: number
      readonly rate?: number
    })
  /** It is whole. `resumedAt` bytes were there before; `ms` is how long it took. */
  | (OfTask & {
      readonly event: 'done'
      readonly direction: 'download' | 'upload'
      readonly bytes: number
      readonly resumedAt: number
      readonly ms: number
      /** Where it went: the local path, or the name on the server. */
      readonly to?: string
      readonly checksum?: { readonly algorithm: string; readonly hash: string }
    })
  /** It failed. `code` is that of the library, `exit` the exit code that goes with it. */
  | {
      readonly event: 'failed'
      readonly task?: number
      readonly name?: string
      readonly code: string
      readonly message: string
      readonly hint?: string
      readonly exit: number
    }
  /** It was ended by Ctrl-C or SIGTERM. `kept` bytes stand for the next run. */
  | (OfTask & { readonly event: 'stopped'; readonly kept: number })
  /** Something else was done: a folder made, a file removed. */
  | { readonly event: 'action'; readonly action: string; readonly name: string; readonly text: string }
  /** `mirror --dry-run`: what would be done. */
  | {
      readonly event: 'planned'
      readonly action: string
      readonly name: string
      readonly bytes?: number
      readonly because: string
    }
  /** `ls` and `stat`. Times in ISO 8601, permissions in octal digits. */
  | (Omit<RemoteEntry, 'modified' | 'mode' | 'raw'> & {
      readonly event: 'entry'
      readonly path: string
      readonly modified?: string
      readonly mode?: string
    })
  | {
      readonly event: 'checksum'
      readonly name: string
      readonly algorithm: string
      readonly hash: string
    }
  /** What the client decided on its own, and why. */
  | { readonly event: 'decision'; readonly about: string; readonly code: string; readonly text: string }
  | { readonly event: 'warning'; readonly code: string; readonly text: string }
  | {
      readonly event: 'retry'
      readonly what: string
      readonly attempt: number
      readonly delayMs: number
      readonly message: string
    }
  /** The last one. */
  | {
      readonly event: 'summary'
      /** Pieces of work, such as URLs. */
      readonly done: number
      /** Of these, files that were transferred. */
      readonly files: number
      readonly failed: number
      /** Left out because their server could not be reached, or let nobody in. */
      readonly notTried: number
      readonly bytes: number
      readonly ms: number
      readonly exit: number
      readonly mirror?: object
    }

/** Where events go: lines, bars, or JSON. */
export interface Report {
  take(event: ReportEvent): void
  /** Leaves the terminal as it was. */
  close(): void
}
