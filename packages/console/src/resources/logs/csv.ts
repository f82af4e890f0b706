/** RFC 4180 section 2: lines end with CRLF. */
const END = '\r\n'

/**
 * A line of CSV (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it: names of files are
 * chosen by strangers (CWE-1236).
 */
export function csvLine(values: readonly (string | number)[]): string {
  return values.map(csvField).join(',') + END
}

function csvField(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
