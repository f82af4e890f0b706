import { TransferError } from '../errors.ts'
import { compilePattern } from '../pattern.ts'

/** Why a pattern cannot be used; undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compilePattern(pattern)
    return undefined
  } catch (error) {
    if (error instanceof TransferError) return error.problems[0]?.message ?? error.message
    throw error
  }
}

/** A name that fits a pattern, to try things with; undefined when none can be made up. */
export function sampleName(pattern: string): string | undefined {
  const first = /^[^,{]*(\{[^}]*\}[^,{]*)*/.exec(pattern)?.[0] ?? ''
  const made = first
    .trim()
    .replaceAll(/\{([^,}]*)[^}]*\}/g, '$1')
    .replaceAll(/\[([^\]])[^\]]*\]/g, '$1')
    .replaceAll(/\*+/g, 'file')
    .replaceAll('?', 'x')
  const fits = compilePattern(pattern)
  return [made, 'file', 'file.txt', 'file.csv', 'file.xml'].find(name => name !== '' && fits(name))
}
