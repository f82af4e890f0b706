const HEADER = 5
const ALERT = 21
const APPLICATION_DATA = 23
/** An alert of TLS 1.3: two bytes, the hidden type, and the tag of the cipher, which has 16 bytes or 8 (CCM_8). */
const SEALED_ALERTS = new Set([2 + 1 + 16, 2 + 1 + 8])

/** Follows the records of TLS in a stream of bytes, by their headers alone (RFC 8446 section 5.1). Holds no bytes. */
export class TlsRecords {
  readonly #header: number[] = []
  /** Bytes of the record that are still to come. */
  #left = 0
  #closed = false

  /** Whether the last record is whole and was an alert, by its type or, in TLS 1.3, by its size: close_notify, most likely. */
  get closed(): boolean {
    return this.#closed && this.#left === 0 && this.#header.length === 0
  }

  /** @returns how many of these bytes are TLS; what follows is in the clear */
  pass(bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length) {
      if (this.#left > 0) {
        const count = Math.min(this.#left, bytes.length - at)
        this.#left -= count
        at += count
      } else {
        const byte = bytes[at]
        if (byte === undefined || (this.#header.length === 0 && !isRecordType(byte))) return at
        this.#header.push(byte)
        at++
        if (this.#header.length < HEADER) continue
        this.#begin()
      }
    }
    return at
  }

  #begin(): void {
    const [type, , , high = 0, low = 0] = this.#header.splice(0)
    this.#left = high * 256 + low
    this.#closed = type === ALERT || (type === APPLICATION_DATA && SEALED_ALERTS.has(this.#left))
  }
}

/** change_cipher_spec to heartbeat. Neither commands nor replies of FTP begin with such a byte. */
function isRecordType(byte: number): boolean {
  return byte >= 20 && byte <= 24
}
