/** Telnet's escape byte (RFC 854). As data it is doubled. */
const IAC = 0xff
/** First telnet command byte: what follows IAC below it is no telnet sequence. */
const FIRST_COMMAND = 0xf0
const SE = 0xf0
const DATA_MARK = 0xf2
const INTERRUPT_PROCESS = 0xf4
const SB = 0xfa
const FIRST_NEGOTIATION = 0xfb
const LF = 0x0a

/** Longest subnegotiation, in bytes. FTP knows none; what is longer is taken for data. */
const MAX_SUBNEGOTIATION = 256

type State = 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation-command'

/**
 * Takes telnet sequences (RFC 854) out of a control connection, across chunk borders: two-byte commands (IP, DM,
 * NOP ...), WILL, WONT, DO and DONT with their option, subnegotiations. IAC IAC becomes the byte 0xFF.
 *
 * An IAC before a byte that is no telnet command stays: a client that speaks Latin-1 and does not double 0xFF means
 * a letter. A subnegotiation ends at its IAC SE, at a line end, or after 256 bytes, so that it cannot swallow
 * commands.
 */
export class TelnetFilter {
  #state: State = 'data'
  #subnegotiated = 0

  /** The chunk without its telnet sequences: the chunk itself where there are none. */
  push(chunk: Buffer): Buffer {
    if (this.#state === 'data' && !chunk.includes(IAC)) return chunk
    // One byte more than the chunk: an IAC that waited from the last chunk may turn out to be data.
    const out = Buffer.allocUnsafe(chunk.length + 1)
    let length = 0
    for (const byte of chunk) {
      if (this.#state === 'data' && byte !== IAC) {
        out[length++] = byte
        continue
      }
      for (const kept of this.#take(byte)) out[length++] = kept
    }
    return out.subarray(0, length)
  }

  /** Forgets a sequence that has begun. Answers how many bytes of it are forgotten: 0 or 1. */
  discard(): number {
    const begun = this.#state === 'data' ? 0 : 1
    this.#state = 'data'
    return begun
  }

  /** What is left of a byte, given the state. */
  #take(byte: number): readonly number[] {
    switch (this.#state) {
      case 'data':
        this.#state = 'command'
        return []
      case 'command':
        return this.#takeCommand(byte)
      case 'option':
        this.#state = 'data'
        return []
      case 'subnegotiation':
        return this.#takeSubnegotiated(byte)
      case 'subnegotiation-command':
        this.#state = byte === SE ? 'data' : 'subnegotiation'
        return []
    }
  }

  #takeCommand(byte: number): readonly number[] {
    this.#state = 'data'
    if (byte === IAC) return [IAC]
    if (byte < FIRST_COMMAND) return [IAC, byte]
    if (byte >= FIRST_NEGOTIATION) this.#state = 'option'
    if (byte === SB) {
      this.#state = 'subnegotiation'
      this.#subnegotiated = 0
    }
    return []
  }

  #takeSubnegotiated(byte: number): readonly number[] {
    if (byte === IAC) {
      this.#state = 'subnegotiation-command'
      return []
    }
    if (byte === LF || ++this.#subnegotiated > MAX_SUBNEGOTIATION) {
      this.#state = 'data'
      return [byte]
    }
    return []
  }
}

/**
 * Whether a byte at the start of a line is what is left of a telnet Synch. Clients send ABOR as IAC IP IAC DM ABOR
 * with one of the bytes as TCP urgent data, which is lost to a receiver that does not ask for it: `\xf2ABOR`,
 * `\xffABOR` (lftp) or `\xf4\xf2ABOR` are what arrives. No verb begins with these bytes.
 */
export function isSynchRemnant(byte: number | undefined): boolean {
  return byte === IAC || byte === DATA_MARK || byte === INTERRUPT_PROCESS
}

/**
 * Doubles every 0xFF, as RFC 854 asks for data on a telnet connection. Bytes without one are given back as they
 * are.
 */
export function escapeIac(bytes: Buffer): Buffer {
  if (!bytes.includes(IAC)) return bytes
  return Buffer.from(bytes.toString('latin1').replaceAll('\xff', '\xff\xff'), 'latin1')
}
