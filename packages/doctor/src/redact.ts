/** Takes secrets out of every text in a value. */
export type Redact = <T>(value: T) => T

const MASK = '****'
/** Shorter ones are masked only where they stand as a word: else half of every sentence would go. */
const SHORT = 4

/**
 * Servers repeat what they were sent: `500 PASS secret not understood`. What is reported holds no secret for all that.
 *
 * @param secrets - empty ones are passed over
 */
export function redactor(secrets: readonly (string | undefined)[]): Redact {
  const patterns = [...new Set(secrets.flatMap(secret => secret || []))]
    .toSorted((a, b) => b.length - a.length)
    .map(secret => {
      const text = RegExp.escape(secret)
      return new RegExp(secret.length < SHORT ? `(?<![\\w])${text}(?![\\w])` : text, 'g')
    })
  const mask = (text: string) => patterns.reduce((masked, pattern) => masked.replace(pattern, MASK), text)
  return value => (patterns.length === 0 ? value : deep(value, mask))
}

function deep<T>(value: T, mask: (text: string) => string): T
function deep(value: unknown, mask: (text: string) => string): unknown {
  if (typeof value === 'string') return mask(value)
  if (Array.isArray(value)) return value.map(item => deep(item, mask))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deep(item, mask)]))
}
