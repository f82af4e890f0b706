import { badArgument } from './errors.ts'
import { parseQuotedPath } from './quoted-path.ts'

/** What RANG asks for. Bytes count from 0; `end` is the last byte wanted. */
export type RangeRequest =
  | { readonly kind: 'range'; readonly start: number; readonly end: number }
  | { readonly kind: 'reset' }

/**
 * The argument of XCRC and its kin: bytes `start` to before `end` of a file, the whole file where they are absent.
 */
export interface ChecksumRequest {
  readonly name: string
  readonly start?: number
  readonly end?: number
}

const TWO_NUMBERS = /^\s*(\d+)\s+(\d+)\s*$/
const NAME_AND_NUMBERS = /^(.*\S) +(\d+) +(\d+)$/s
const NUMBERS_AFTER_NAME = /^ +(\d+)(?: +(\d+))?$/

/**
 * Reads the argument of RANG: first and last byte; `1 0` takes a range back. draft-bryan-ftp-range section 3.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ARGUMENT`
 */
export function parseRange(argument: string): RangeRequest {
  const [, first, last] = TWO_NUMBERS.exec(argument) ?? []
  const [start, end] = [byteOf(first), byteOf(last)]
  if (start === 1 && end === 0) return { kind: 'reset' }
  if (start === undefined || end === undefined || start > end) {
    throw badArgument(
      'RANG takes the first and the last byte, counted from 0, or 1 0 to take the range back.',
    )
  }
  return { kind: 'range', start, end }
}

/**
 * Reads the argument of XCRC, XMD5 and XSHA...: a name, in quotes or bare, with the bytes to begin at and to end
 * before. Behind a bare name only two numbers are a range; one may be part of the name, which servers have always
 * read differently.
 *
 * @throws {ProtocolError} `PROTOCOL_BAD_ARGUMENT`
 */
export function parseChecksumArgument(argument: string): ChecksumRequest {
  const quoted = parseQuotedPath(argument)
  if (!quoted) {
    const [, name = argument, first, second] = NAME_AND_NUMBERS.exec(argument) ?? []
    return checked(name, first, second)
  }
  const rest = quoted.rest.trimEnd()
  if (rest === '') return checked(quoted.path, undefined, undefined)
  const numbers = NUMBERS_AFTER_NAME.exec(rest)
  if (!numbers) throw badChecksum()
  return checked(quoted.path, numbers[1], numbers[2])
}

function checked(name: string, first: string | undefined, second: string | undefined): ChecksumRequest {
  const [start, end] = [byteOf(first), byteOf(second)]
  const bad = (first !== undefined && start === undefined) || (second !== undefined && end === undefined)
  if (bad || name === '' || (start !== undefined && end !== undefined && start > end)) throw badChecksum()
  return { name, ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}

function byteOf(text: string | undefined): number | undefined {
  const number = Number(text ?? 'none')
  return Number.isSafeInteger(number) ? number : undefined
}

function badChecksum() {
  return badArgument(
    'The argument is a file name, in quotes where it holds blanks, then optionally the byte to begin at and the byte to end before.',
  )
}
