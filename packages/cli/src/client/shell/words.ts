import { UserError } from '../../user-error.ts'

/** A word of a line, and where it stands. */
interface Word {
  readonly text: string
  /** The first character of the word as it was typed, quotes included. */
  readonly start: number
  /** What of it was typed literally: wildcards in quotes stand for themselves. */
  readonly quoted: boolean
}

/** A line in words; `open` is the quote that was not closed. */
export interface Words {
  readonly words: readonly Word[]
  readonly open: '"' | "'" | '\\' | undefined
}

/** Cuts a line into words, as a shell does: blanks part them, `'...'`, `"..."` and `\` take what is in them as it stands. `#` in front of a word begins a comment. */
export function cutWords(line: string): Words {
  const words: Word[] = []
  let current: { text: string; start: number; quoted: boolean } | undefined
  let open: Words['open']
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i)
    if (open === '\\') {
      current = { text: (current?.text ?? '') + character, start: current?.start ?? i, quoted: true }
      open = undefined
    } else if (open !== undefined && character === open) {
      open = undefined
    } else if (open === '"' && character === '\\' && /["\\]/.test(line.charAt(i + 1))) {
      current = { text: (current?.text ?? '') + line.charAt(++i), start: current?.start ?? i, quoted: true }
    } else if (open !== undefined) {
      current = { text: (current?.text ?? '') + character, start: current?.start ?? i, quoted: true }
    } else if (character === '"' || character === "'" || character === '\\') {
      open = character
      current = { text: current?.text ?? '', start: current?.start ?? i, quoted: true }
    } else if (/\s/.test(character)) {
      if (current) words.push(current)
      current = undefined
    } else if (character === '#' && !current) {
      break
    } else {
      current = {
        text: (current?.text ?? '') + character,
        start: current?.start ?? i,
        quoted: current?.quoted ?? false,
      }
    }
  }
  if (current) words.push(current)
  return { words, open }
}

/** The words of a whole line. @throws {UserError} for a quote that is not closed */
export function readWords(line: string): readonly string[] {
  const { words, open } = cutWords(line)
  if (open !== undefined)
    throw new UserError(`The line ends within ${open}: close it, or write \\${open} for the character`)
  return words.map(({ text }) => text)
}

/** A name as it has to be typed. */
export function quoteWord(text: string): string {
  return text.replace(/[\s"'\\#*?[\]]/g, '\\$&')
}
