/** Characters that stand for themselves in an extended parameter: RFC 8187 section 3.2.1, attr-char. */
const TO_ESCAPE = /['()*]/g

/**
 * The header that makes a browser save under a name (RFC 6266): one name in ASCII for programs that know no other, and the
 * real one (RFC 8187).
 */
export function attachment(name: string): string {
  const real = name.toWellFormed()
  const plain = real.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%;]/g, '_')
  const escaped = encodeURIComponent(real).replace(
    TO_ESCAPE,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${escaped}`
}
