import type { ControllerLink } from '../link.ts'

/** The user's quota does not hold this upload. `message` says what is used up. */
export class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceeded'
  readonly code = 'QUOTA_EXCEEDED'
}

/** Bytes that are asked for at once, so that a fast upload does not ask for every chunk. */
const SLICE = 16 * 1024 * 1024

/**
 * One upload's claim on its user's quota. Bytes are granted by the controller in slices, so that uploads of one user
 * in several workers together never exceed the quota; what was not used goes back.
 */
export class QuotaGate {
  readonly #link: ControllerLink
  readonly #user: string
  /** Bytes of the file that the upload replaces: they count already. */
  readonly #replaced: number
  #granted: number
  #grantedFiles = 0
  #used = 0

  /** @param replaced - bytes of the file that has the name now, 0 when nothing has it */
  constructor(link: ControllerLink, user: string, replaced: number) {
    this.#link = link
    this.#user = user
    this.#replaced = replaced
    this.#granted = replaced
  }

  /** Claims the place of a new file. @throws {QuotaExceeded} */
  async takeFile(): Promise<void> {
    const answer = await this.#link.reserveQuota({ user: this.#user, bytes: 0, files: 1 })
    if (answer.files < 1) throw new QuotaExceeded('Your quota of files is used up: delete some first.')
    this.#grantedFiles += 1
  }

  /** Counts bytes before they are written. @throws {QuotaExceeded} */
  async take(bytes: number): Promise<void> {
    while (this.#used + bytes > this.#granted) {
      const missing = this.#used + bytes - this.#granted
      const answer = await this.#link.reserveQuota({
        user: this.#user,
        bytes: Math.max(missing, SLICE),
        files: 0,
      })
      this.#granted += answer.bytes
      if (answer.bytes < missing)
        throw new QuotaExceeded('Your quota of bytes is used up: delete something first.')
    }
    this.#used += bytes
  }

  /** The upload stands under its name: what was granted and not used goes back. */
  keep(): void {
    this.#settle(this.#granted - this.#used, 0)
  }

  /** The upload does not stand. What is kept aside for its continuation does not count until it is complete. */
  release(): void {
    this.#settle(this.#granted - this.#replaced, this.#grantedFiles)
  }

  #settle(bytes: number, files: number): void {
    this.#granted = this.#replaced
    this.#grantedFiles = 0
    this.#used = this.#replaced
    if (bytes !== 0 || files !== 0) this.#link.settleQuota({ user: this.#user, bytes: -bytes, files: -files })
  }
}
