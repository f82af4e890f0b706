/** What the queue needs of a file; the browser's `File` is one. */
export interface UploadFile {
  readonly name: string
  readonly size: number
}

/** A file and the folders it lies in, below the folder that was dropped on; a folder alone when `file` is absent. */
export interface UploadAsk<F extends UploadFile> {
  readonly folders: readonly string[]
  readonly file?: F
}

/** What is to happen when the name is taken. */
export type Choice = 'replace' | 'keep-both' | 'skip'

export type UploadState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'sending'; readonly sent: number; readonly rate: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'skipped' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly text: string }

/** One file on its way, as the page shows it. */
export interface UploadItem {
  readonly id: number
  readonly folder: string
  readonly name: string
  readonly size: number
  readonly state: UploadState
}

/** A name that is taken. */
export interface Question {
  readonly id: number
  readonly folder: string
  readonly name: string
  /** By a folder, which cannot be replaced. */
  readonly byFolder: boolean
  /** How many others wait for an answer or may need one. */
  readonly others: number
}

/** All uploads at one moment. */
export interface UploadView {
  /** The first 200: what is under way, then what failed, what waits, what is over. */
  readonly items: readonly UploadItem[]
  /** Items that are not among `items`. */
  readonly hidden: number
  readonly counts: Readonly<Record<UploadState['kind'], number>>
  /** Bytes of what was or is to be sent. */
  readonly sent: number
  readonly total: number
  /** Bytes per second. */
  readonly rate: number
  readonly question: Question | undefined
  /** Something is under way or waits. */
  readonly busy: boolean
}

/** What the queue works with. */
export interface UploadPorts<F extends UploadFile> {
  /** Names of a folder, and whether each is a folder. */
  namesIn(folder: string): Promise<ReadonlyMap<string, boolean>>
  /** Resolves also when it is there already. */
  makeFolder(path: string): Promise<void>
  send(
    file: F,
    path: string,
    options: { overwrite: boolean; signal: AbortSignal; onProgress: (sent: number) => void },
  ): Promise<void>
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** Milliseconds. */
  now(): number
  /** Calls soon: gathers changes, so that many of them draw the page once. */
  later(work: () => void): void
  /** Something new stands in a folder. */
  stored(folder: string): void
}
