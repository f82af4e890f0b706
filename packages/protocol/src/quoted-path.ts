/** Writes a path as 257 replies do: in quotes, with quotes inside doubled. RFC 959 appendix II. */
export function quotePath(path: string): string {
  return `"${path.replaceAll('"', '""')}"`
}

/** A quoted path and what follows its closing quote. */
export interface QuotedPath {
  readonly path: string
  readonly rest: string
}

/** Reads a quoted path from the start of a text, such as that of a 257 reply. Undefined when there is none. */
export function parseQuotedPath(text: string): QuotedPath | undefined {
  if (text[0] !== '"') return undefined
  for (let at = 1; ; at += 2) {
    at = text.indexOf('"', at)
    if (at < 0) return undefined
    if (text[at + 1] !== '"')
      return { path: text.slice(1, at).replaceAll('""', '"'), rest: text.slice(at + 1) }
  }
}
