import type { ControllerLink } from '../link.ts'

/** The user's quota does not hold this upload. `message` says what is used up. */
export class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded'
  readonly code = 'QUOTA_EXCEEDED'
}

/** Bytes that are asked for at once, so that a fast upload does not ask for every chunk. */
const SLICE = 16 * 1024 * 1024

/** What had the name of an upload when it was published. */
export interface Replaced {
  readonly bytes: number
  readonly files: number
}

/**
 * One upload's claim on its user's quota. Bytes are granted by the controller in slices, so that uploads of one user
 * in several workers together never exceed the quota; what was not used goes back.
 */
export class QuotaGate {
  readonly #link: ControllerLink
  readonly #user: string
  /** Bytes of the file that has the name now: they count already, and are going to be free. */
  readonly #headroom: number
  #granted = 0
  #grantedFiles = 0
  #used = 0

  /** @param headroom - bytes of the file that has the name now, 0 when nothing has it */
  constructor(link: ControllerLink, user: string, headroom: number) {
    this.#link = link
    this.#user = user
    this.#headroom = headroom
  }

  /** Claims the place of a new file. @throws {QuotaExceeded} */
  async takeFile(): Promise<void> {
    const answer = await this.#link.reserveQuota({ user: this.#user, bytes: 0, need: 0, files: 1 })
    if (answer.files < 1) throw new QuotaExceeded('Your quota of files is used up: delete some first.')
    this.#grantedFiles += 1
  }

  /** Counts bytes before they are written. @throws {QuotaExceeded} */
  async take(bytes: number): Promise<void> {
    await this.#reserve(this.#used + bytes - this.#granted - this.#headroom)
    this.#used += bytes
  }

  /**
   * Publishes the upload and settles what it really took the place of. One at a time for each user: two uploads that
   * replace one file must not both be credited with it.
   */
  publish<T>(look: () => Promise<Replaced>, publish: () => Promise<T>): Promise<T> {
    return inTurn(this.#user, async () => {
      const replaced = await look()
      // What was to be replaced may have been moved away meanwhile: then its bytes are not free.
      await this.#reserve(this.#used - replaced.bytes - this.#granted)
      const published = await publish()
      this.#settle(
        this.#used - replaced.bytes - this.#granted,
        (replaced.files > 0 ? 0 : 1) - this.#grantedFiles,
      )
      return published
    })
  }

  /** The upload does not stand. What is kept aside for its continuation does not count until it is complete. */
  release(): void {
    this.#settle(-this.#granted, -this.#grantedFiles)
  }

  async #reserve(need: number): Promise<void> {
    if (need <= 0) return
    const ask = { user: this.#user, bytes: Math.max(need, SLICE), need, files: 0 }
    const answer = await this.#link.reserveQuota(ask)
    this.#granted += answer.bytes
    if (answer.bytes < need) {
      throw new QuotaExceeded('Your quota of bytes is used up: delete something first.')
    }
  }

  #settle(bytes: number, files: number): void {
    this.#granted = 0
    this.#grantedFiles = 0
    if (bytes !== 0 || files !== 0) this.#link.settleQuota({ user: this.#user, bytes, files })
  }
}

const turns = new Map<string, Promise<void>>()

/** Runs work of one user after the work before it has ended, however it ended. */
async function inTurn<T>(user: string, work: () => Promise<T>): Promise<T> {
  const before = turns.get(user) ?? Promise.resolve()
  const mine = before.then(work, work)
  const settled = mine.then(
    () => {},
    () => {},
  )
  turns.set(user, settled)
  try {
    return await mine
  } finally {
    if (turns.get(user) === settled) turns.delete(user)
  }
}
