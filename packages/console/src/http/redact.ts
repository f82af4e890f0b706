import type { JsonValue } from '@portolan/store'

/** Names of fields that hold what nobody may read in a log, whatever stands before them: `totpSecret`, `recoveryCodes`. */
const SECRET_NAME = /(password|secret|token|key|code)s?$/i
/** Texts that are secrets wherever they stand: private keys, password hashes, our tokens. */
const SECRET_TEXT = /-----BEGIN [A-Z ]*PRIVATE KEY|\$argon2|\bptl_[\w-]{20}/

/** What lies deeper is not looked at, and not written: nothing of ours is so deep. */
const DEEPEST = 50

/**
 * The last line of defence of the audit log: routes leave secrets out by themselves. What is hidden shows as `***`, so that
 * one sees that something was there.
 */
export function redact(value: JsonValue, isSecret = false, depth = 0): JsonValue {
  if (depth > DEEPEST) return '***'
  if (typeof value === 'string') return isSecret || SECRET_TEXT.test(value) ? '***' : value
  if (typeof value !== 'object' || value === null)
    return isSecret && typeof value === 'number' ? '***' : value
  if (isList(value)) return value.map(item => redact(item, isSecret, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      redact(inner, isSecret || SECRET_NAME.test(name), depth + 1),
    ]),
  )
}

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value)
