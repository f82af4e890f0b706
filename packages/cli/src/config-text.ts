import { wrapText } from './wrap-text.ts'

interface Difference {
  readonly path: string
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** What differs, a line for each setting: `passive.basePort: 61000 -> 50000`. */
export function differenceLines(difference: readonly Difference[]): string[] {
  if (difference.length === 0) return ['nothing is different']
  return difference.map(({ path, before, after }) => {
    if (before === undefined) return `${path}: set to ${after ?? ''}`
    return after === undefined ? `${path}: ${before} is taken out` : `${path}: ${before} -> ${after}`
  })
}

/** What follows from a change, and what is probably not meant. */
export function noteLines(
  consequences: readonly { readonly text: string }[],
  warnings: readonly { readonly path: string; readonly message: string }[],
): string[] {
  return [
    ...consequences.flatMap(({ text }) => wrapText(text, '! ')),
    ...warnings.flatMap(({ path, message }) => wrapText(`warning: ${path}: ${message}`, '! ')),
  ]
}
