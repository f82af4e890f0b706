/** Columns of prose on a terminal. What is to be pasted keeps its own lines. */
const WIDTH = 96

/** Breaks prose between words; further lines stand under the first word. @param first - what the first line begins with */
export function wrapText(text: string, first = ''): string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(first.length)
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line]
}
