/** A piece of a line between blanks. */
export interface Column {
  readonly text: string
  readonly start: number
  /** The place behind its last character. */
  readonly end: number
}

const SPACE = 0x20
const TAB = 0x09

const DIGITS = /^\d+$/
const GROUPED = /^\d{1,3}(?:[,.'\u00a0\u202f]\d{3})+$/
const NOT_DIGITS = /\D/g

/** Cuts a line at spaces and tabs. What lies behind the last column that is allowed is left out. */
export function cutColumns(line: string, most: number): Column[] {
  const columns: Column[] = []
  let at = 0
  while (columns.length < most) {
    while (isBlank(line.charCodeAt(at))) at++
    if (at >= line.length) break
    const start = at
    while (at < line.length && !isBlank(line.charCodeAt(at))) at++
    columns.push({ text: line.slice(start, at), start, end: at })
  }
  return columns
}

/** The rest of a line from the first that is no blank, at `from` or behind it. */
export function restFrom(line: string, from: number): string {
  let at = from
  while (isBlank(line.charCodeAt(at))) at++
  return line.slice(at)
}

/** A line without the blanks at its end. A loop: a regular expression would try each run of blanks from each place. */
export function withoutTrailingBlanks(line: string): string {
  let end = line.length
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end--
  return line.slice(0, end)
}

export function isDigits(text: string): boolean {
  return DIGITS.test(text)
}

/** Bytes, undefined for what is no number or cannot be told exactly. */
export function readSize(text: string): number | undefined {
  if (!DIGITS.test(text)) return undefined
  const size = Number(text)
  return Number.isSafeInteger(size) ? size : undefined
}

/** Bytes with marks between thousands, such as `1,234,567`; plain digits too. */
export function readGroupedSize(text: string): number | undefined {
  return readSize(GROUPED.test(text) ? text.replace(NOT_DIGITS, '') : text)
}

/** Whether a column is a size, be it one that {@link readGroupedSize} finds too large. */
export function isGroupedSize(text: string): boolean {
  return DIGITS.test(text) || GROUPED.test(text)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
