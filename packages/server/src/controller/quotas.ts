import { openLocalStorage } from '@portolan/storage'
import { folderSize } from '../transfer/walk.ts'

/** What a user may store. */
export interface Quota {
  readonly bytes?: number | undefined
  readonly files?: number | undefined
}

interface Usage {
  bytes: number
  files: number
}

/** After so long the folder is counted again: files also come and go by other ways than FTP. */
const RECOUNT_MS = 60 * 60_000
/** So many times what is asked has to be left for it to be granted in advance. */
const PLENTY = 16
/** A folder that takes longer to count keeps its last count. */
const COUNT_MS = 5 * 60_000

/**
 * Keeps what users with a quota have stored, counted from their home folder at first use, then by what sessions
 * report. Bytes are granted before they are written, over all workers, so uploads at the same time cannot exceed it.
 */
export class Quotas {
  readonly #usage = new Map<string, { counting: Promise<Usage>; countedAt: number }>()
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** Grants as much of what is asked as the quota holds. */
  async reserve(
    user: string,
    home: string,
    quota: Quota,
    ask: { bytes: number; need: number; files: number },
  ): Promise<{ bytes: number; files: number }> {
    const used = await this.#used(user, home)
    const bytes = grant(ask.bytes, ask.need, quota.bytes, used.bytes)
    const files = grant(ask.files, ask.files, quota.files, used.files)
    used.bytes += bytes
    used.files += files
    return { bytes, files }
  }

  /** Adds to, or with negative numbers takes off, what the user has stored. */
  async settle(user: string, change: { bytes: number; files: number }): Promise<void> {
    const used = await this.#usage.get(user)?.counting
    if (!used) return
    used.bytes = Math.max(0, used.bytes + change.bytes)
    used.files = Math.max(0, used.files + change.files)
  }

  async left(user: string, home: string, quota: Quota): Promise<{ bytes?: number; files?: number }> {
    const used = await this.#used(user, home)
    return {
      ...(quota.bytes !== undefined && { bytes: Math.max(0, quota.bytes - used.bytes) }),
      ...(quota.files !== undefined && { files: Math.max(0, quota.files - used.files) }),
    }
  }

  #used(user: string, home: string): Promise<Usage> {
    const known = this.#usage.get(user)
    if (known && this.#now() - known.countedAt < RECOUNT_MS) return known.counting
    const counting = count(home)
    this.#usage.set(user, { counting, countedAt: this.#now() })
    // A folder that cannot be counted now is asked again next time.
    counting.catch(() => this.#usage.delete(user))
    return counting
  }
}

/** What is asked while there is plenty; else what is needed and nothing in advance, since others upload, too. */
function grant(asked: number, need: number, limit: number | undefined, used: number): number {
  if (limit === undefined) return asked
  const left = Math.max(0, limit - used)
  return Math.min(left, left >= asked * PLENTY ? asked : need)
}

async function count(home: string): Promise<Usage> {
  await using storage = await openLocalStorage({ root: home })
  return await folderSize(storage, '/', AbortSignal.timeout(COUNT_MS))
}
