import type { SessionDetail } from '@portolan/console/contract'

type Line = SessionDetail['dialogue'][number]

/** What a line is, for its colour: a command, or a reply by its first digit (RFC 959 section 4.2). */
export function lineKind({ from, text }: Line): 'command' | 'good' | 'wait' | 'bad' {
  if (from === 'client') return 'command'
  if (/^[45]/.test(text)) return 'bad'
  return /^[13]/.test(text) ? 'wait' : 'good'
}

/** The time of a line, to the millisecond, in the time of the browser. */
export function timeOfDay(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

/** The dialogue as a text for a ticket. */
export function transcript(lines: readonly Line[]): string {
  return lines
    .map(({ at, from, text }) => `${new Date(at).toISOString()} ${from === 'client' ? '>' : '<'} ${text}`)
    .join('\n')
}
