import { ChannelError } from './errors.ts'

/** Whether a text fits. */
export type Matcher = (text: string) => boolean

/**
 * Compiles a comma-separated list of globs: `acme-*, bob, partner?`. `*` stands for any run of characters, `?` for one;
 * nothing else is special. A text fits when it fits one of them.
 * @throws {ChannelError} `CHANNEL_SETTING` for an empty list or item
 */
export function compileGlobs(list: string): Matcher {
  const matchers = splitList(list).map(pattern => (text: string) => fits(pattern, text))
  return text => matchers.some(matches => matches(text))
}

/** @throws {ChannelError} `CHANNEL_SETTING` for an empty list or item */
export function splitList(list: string): string[] {
  const items = list.split(',').map(item => item.trim())
  if (items.includes('')) {
    throw new ChannelError(
      'CHANNEL_SETTING',
      `"${list}" has an empty item: separate items by one comma, write * for everything`,
    )
  }
  return items
}

/**
 * Matches without recursion or backtracking over more than the last star: the time is at most pattern times text, so
 * no pattern can hold the event loop.
 */
function fits(pattern: string, text: string): boolean {
  let p = 0
  let star = -1
  let resume = 0
  for (let t = 0; t < text.length; ) {
    if (pattern[p] === '*') {
      star = p++
      resume = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}
