const BREAK = /[\r\n\0]/
const BREAKS = /[\r\n\0]/g

/**
 * A text that is one line: CR, LF and NUL become `?`, as coreutils shows them. They must not forge a reply or an
 * entry of a listing.
 *
 * RFC 2640 section 3.1 would write CR as CR NUL, but Python's ftplib, FileZilla and WinSCP end a line at a bare CR.
 */
export function oneLine(text: string): string {
  return BREAK.test(text) ? text.replace(BREAKS, '?') : text
}
