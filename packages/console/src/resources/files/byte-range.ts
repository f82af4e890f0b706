/** What a Range header asks of a file: a part, the whole file, or a part that it does not have. */
export type ByteRange =
  | { readonly kind: 'whole' }
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  | { readonly kind: 'outside' }

const WHOLE: ByteRange = { kind: 'whole' }

/**
 * Reads a Range header (RFC 9110 section 14.2). Anything but one range of bytes is passed over, as section 14.2 allows:
 * the whole file is an answer to every range.
 * @param size - bytes of the file
 */
export function byteRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d{0,16})-(\d{0,16})$/i.exec(header?.trim() ?? '')
  if (!match) return WHOLE
  const [, from = '', to = ''] = match
  if (from === '' && to === '') return WHOLE
  if (from === '') {
    const length = Number(to)
    if (length === 0 || size === 0) return { kind: 'outside' }
    return { kind: 'part', first: Math.max(0, size - length), last: size - 1 }
  }
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < first) return WHOLE
  return first < size ? { kind: 'part', first, last } : { kind: 'outside' }
}

/** The strong validator of a file's content, as far as size and time tell: RFC 9110 section 8.8.3. */
export function entityTag({ size, modified }: { size: number; modified: number }): string {
  return `"${size.toString(36)}-${Math.round(modified * 1000).toString(36)}"`
}

/**
 * Whether a range may be answered with a part: the file is still the one that the client has the rest of
 * (RFC 9110 section 13.1.5).
 */
export function rangeHolds(
  ifRange: string | string[] | undefined,
  file: { size: number; modified: number },
): boolean {
  if (ifRange === undefined) return true
  if (typeof ifRange === 'string' && ifRange.startsWith('"')) return ifRange === entityTag(file)
  // A time in seconds is a weak validator: another file of the same second would pass for this one.
  return false
}
