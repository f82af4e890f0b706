import { ProtocolError } from '../errors.ts'
import { LineCutter } from '../line-cutter.ts'
import { decodeName } from '../names.ts'
import {
  type LineCollector,
  ListCollector,
  type ListOptions,
  MAX_LISTING_LINE,
  MlsdCollector,
} from './collector.ts'
import type { Listing } from './entry.ts'

/** Bounds that keep a hostile server from filling the memory. */
interface ListingBounds {
  /** The longest listing, in bytes. Default 256 MiB. */
  readonly maxBytes?: number
  /** The most lines, blank ones among them. Default 2,000,000. */
  readonly maxLines?: number
}

/** What was asked for: MLSD, or LIST with what its times need. */
export type ListingReaderOptions = ListingBounds &
  ({ readonly format: 'mlsd' } | ({ readonly format?: 'list' } & ListOptions))

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024
const DEFAULT_MAX_LINES = 2_000_000
const LF = Buffer.from('\n')

/**
 * Reads a listing as it comes. CRLF or LF ends a line; names are decoded by {@link decodeName}. A line of more than
 * 8192 bytes is thrown away as it comes and stands for itself in `unparsed`.
 */
export class ListingReader {
  readonly #collector: LineCollector
  readonly #lines = new LineCutter(MAX_LISTING_LINE)
  readonly #maxBytes: number
  readonly #maxLines: number
  #bytes = 0
  #count = 0

  constructor(options: ListingReaderOptions) {
    this.#collector = options.format === 'mlsd' ? new MlsdCollector() : new ListCollector(options)
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES
    this.#maxLines = options.maxLines ?? DEFAULT_MAX_LINES
  }

  /**
   * Takes what the data connection gave. The memory of the chunk may be used again.
   *
   * @throws {ProtocolError} `PROTOCOL_LISTING_TOO_LONG` beyond `maxBytes` or `maxLines`. The reader is then spent.
   */
  push(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBytes) throw tooLong(`${this.#maxBytes} bytes`, 'maxBytes')
    this.#lines.push(chunk)
    this.#read()
    this.#lines.settle()
  }

  /**
   * Reads the last line, which may have no end, and tells everything. Nothing may be pushed then.
   *
   * @throws {ProtocolError} `PROTOCOL_LISTING_TOO_LONG` when that line is one too many.
   */
  end(): Listing {
    if (this.#lines.unread.length > 0 || !this.#lines.atLineStart) {
      this.#lines.push(LF)
      this.#read()
    }
    return this.#collector.end()
  }

  #read(): void {
    for (let line = this.#lines.next(); line !== undefined; line = this.#lines.next()) {
      if (++this.#count > this.#maxLines) throw tooLong(`${this.#maxLines} lines`, 'maxLines')
      if (line === 'too-long') this.#collector.addTooLong()
      else this.#collector.add(decodeName(line))
    }
  }
}

function tooLong(bound: string, option: string): ProtocolError {
  return new ProtocolError(
    'PROTOCOL_LISTING_TOO_LONG',
    `The listing has more than ${bound}. List a smaller folder, or raise ${option}.`,
  )
}
