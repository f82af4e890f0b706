/** What makes a name a pattern. */
const WILD = /[*?[]/

/** True when a name holds a wildcard. */
export function isPattern(name: string): boolean {
  return WILD.test(name)
}

/**
 * Matches a name against a shell pattern: `*`, `?`, `[a-z]`, `[!a-z]`. A name that starts with a dot needs a pattern
 * that does. Takes at most pattern × name steps, whatever the pattern: clients write it, and a pattern that is
 * compiled to a regular expression can be made to take forever.
 */
export function matchesGlob(pattern: string, name: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  const parts = partsOf(pattern)
  let part = 0
  let at = 0
  let starPart = -1
  let starAt = 0
  while (at < name.length) {
    const current = parts[part]
    if (current === '*') {
      starPart = part++
      starAt = at
    } else if (current !== undefined && matchesOne(current, name.charAt(at))) {
      part++
      at++
    } else if (starPart >= 0) {
      part = starPart + 1
      at = ++starAt
    } else {
      return false
    }
  }
  while (parts[part] === '*') part++
  return part === parts.length
}

/** A part of a pattern: a star, any one character, a literal one, or a set with its ranges. */
type Part = '*' | '?' | { readonly literal: string } | { readonly negated: boolean; readonly set: string }

function partsOf(pattern: string): Part[] {
  const parts: Part[] = []
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at)
    // "]" first in a set is a member of it.
    const end = char === '[' ? pattern.indexOf(']', at + (pattern[at + 1] === '!' ? 3 : 2)) : -1
    if (char === '*') {
      if (parts.at(-1) !== '*') parts.push('*')
    } else if (char === '?') {
      parts.push('?')
    } else if (end > 0) {
      const negated = pattern[at + 1] === '!' || pattern[at + 1] === '^'
      parts.push({ negated, set: pattern.slice(at + (negated ? 2 : 1), end) })
      at = end
    } else if (char === '\\' && at + 1 < pattern.length) {
      parts.push({ literal: pattern.charAt(++at) })
    } else {
      parts.push({ literal: char })
    }
  }
  return parts
}

function matchesOne(part: Exclude<Part, '*'>, char: string): boolean {
  if (part === '?') return true
  if ('literal' in part) return part.literal === char
  let inside = false
  for (let at = 0; at < part.set.length; at++) {
    const from = part.set.charAt(at)
    const to = part.set[at + 1] === '-' ? part.set[at + 2] : undefined
    if (to !== undefined) {
      inside ||= from <= char && char <= to
      at += 2
    } else {
      inside ||= from === char
    }
  }
  return inside !== part.negated
}
