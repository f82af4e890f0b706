/** Controls, and the marks that turn the direction of text: a server could move the cursor with them, or dress one name up as another. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]/gu

/** A text of a server as a terminal may show it: what is no plain character becomes `\xNN` or `\uNNNN`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, character => {
    const code = character.charCodeAt(0)
    // A byte that is no UTF-8, as `decodeName` keeps it.
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The same for texts of several lines: their ends stay. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}
