import { isUtf8 } from 'node:buffer'

/** The lone surrogate of byte `b` is `0xDC00 + b`: U+DC80 to U+DCFF for 0x80 to 0xFF (PEP 383). */
const ESCAPE = 0xdc00
const REPLACEMENT = '\ufffd'

/** Runs of escaped bytes. The `u` flag makes it match lone surrogates only, never the second half of a pair. */
const ESCAPED = /[\uDC80-\uDCFF]+/gu
const ANY_ESCAPED = /[\uDC80-\uDCFF]/u

/**
 * Reads a name from the wire or the disk. UTF-8 (RFC 2640 section 3.1); a byte that is not part of valid UTF-8
 * becomes a lone surrogate U+DC80 to U+DCFF, so that {@link encodeName} gives the same bytes back for every
 * sequence of bytes.
 *
 * Overlong forms, encoded surrogates (CESU-8) and code points above U+10FFFF are not valid UTF-8: no byte sequence
 * can smuggle in a `/` or `.` (CVE-2000-0884 and its kind).
 */
export function decodeName(bytes: Uint8Array): string {
  const buffer = Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString('utf8')
  // Only bytes that are not UTF-8, or a real U+FFFD, decode to U+FFFD: the common case costs one search.
  return text.includes(REPLACEMENT) && !isUtf8(buffer) ? decodeEscaping(buffer) : text
}

/**
 * Writes a name for the wire or the disk: the bytes that {@link decodeName} read. A lone surrogate that stands for
 * no byte is written as U+FFFD.
 */
export function encodeName(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  let from = 0
  for (const { 0: run, index } of text.matchAll(ESCAPED)) {
    parts.push(Buffer.from(text.slice(from, index), 'utf8'))
    // latin1 takes the low byte of each unit, which is the byte that was escaped.
    parts.push(Buffer.from(run, 'latin1'))
    from = index + run.length
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'))
  return Buffer.concat(parts)
}

/** Whether a name holds bytes that are not UTF-8. Such a name cannot be shown, only sent back. */
export function hasUndecodable(text: string): boolean {
  return !text.isWellFormed() && ANY_ESCAPED.test(text)
}

function decodeEscaping(bytes: Buffer): string {
  let text = ''
  let from = 0
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      text += bytes.toString('utf8', from, at) + String.fromCharCode(ESCAPE + (bytes[at] ?? 0))
      from = at + 1
    }
    at += length || 1
  }
  return text + bytes.toString('utf8', from)
}

/** Bytes of the well-formed UTF-8 sequence at `at`, 0 when there is none. Table 3-7 of the Unicode standard. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const second = bytes[at + 1] ?? 0
  if (lead < 0xe0) return isContinuation(second) ? 2 : 0
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < lowest || second > highest || !isContinuation(bytes[at + 2] ?? 0)) return 0
  if (lead < 0xf0) return 3
  return isContinuation(bytes[at + 3] ?? 0) ? 4 : 0
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80
}
