import { encodeName } from '../names.ts'
import {
  type LineCollector,
  ListCollector,
  type ListOptions,
  MAX_LISTING_LINE,
  MlsdCollector,
} from './collector.ts'
import type { Listing } from './entry.ts'

export type { ListOptions } from './collector.ts'

/** No UTF-16 unit takes more bytes of UTF-8. */
const MOST_BYTES_OF_UNIT = 3

/**
 * Reads what LIST sent, each line in the dialect that it has. Never throws: lines that nobody can read are in
 * `unparsed`.
 *
 * @param text - the whole listing, lines ended by CRLF or LF; or its lines without their ends
 */
export function parseListing(text: string | readonly string[], options: ListOptions): Listing {
  return collect(text, new ListCollector(options))
}

/** Reads what MLSD sent (RFC 3659 section 7), as {@link parseListing} does for LIST. */
export function parseMlsd(text: string | readonly string[]): Listing {
  return collect(text, new MlsdCollector())
}

function collect(text: string | readonly string[], collector: LineCollector): Listing {
  const lines = typeof text === 'string' ? text.split('\n') : text
  for (const line of lines) addLine(collector, line.endsWith('\r') ? line.slice(0, -1) : line)
  return collector.end()
}

function addLine(collector: LineCollector, line: string): void {
  const perhaps = line.length * MOST_BYTES_OF_UNIT > MAX_LISTING_LINE
  if (perhaps && encodeName(line).length > MAX_LISTING_LINE) collector.addTooLong()
  else collector.add(line)
}
