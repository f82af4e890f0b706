import picomatch from 'picomatch'
import { TransferError } from './errors.ts'

/** The longest regular expression; a longer one is no name of a file. */
const LONGEST = 1_000

/**
 * What tells which names are meant: globs with commas between, such as `*.csv,report-??.txt`, or a regular expression
 * between slashes, such as `/^inv-\d+\.xml$/i`. A name without a folder is looked at.
 * @throws {TransferError} `TRANSFER_INVALID`
 */
export function compilePattern(text: string): (name: string) => boolean {
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(text) ?? []
  if (source !== undefined) return compileExpression(source, flags ?? '')
  const globs = splitGlobs(text)
  if (globs.length === 0) throw wrong('must name files, such as *.csv')
  return picomatch(globs, { dot: true, nonegate: true, strictSlashes: true, noextglob: true })
}

function compileExpression(source: string, flags: string): (name: string) => boolean {
  if (source.length > LONGEST) throw wrong(`must have at most ${LONGEST} characters`)
  try {
    const expression = new RegExp(source, `${flags}u`)
    return name => expression.test(name)
  } catch (error) {
    throw wrong(`is no regular expression: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Commas within braces belong to the glob: `*.{csv,txt}`. */
function splitGlobs(text: string): string[] {
  const globs: string[] = []
  let depth = 0
  let start = 0
  for (const [index, character] of [...`${text},`].entries()) {
    if (character === '{') depth++
    if (character === '}') depth--
    if (character !== ',' || (depth > 0 && index < text.length)) continue
    const glob = text.slice(start, index).trim()
    if (glob !== '') globs.push(glob)
    start = index + 1
  }
  return globs
}

const wrong = (message: string) =>
  new TransferError('TRANSFER_INVALID', `The pattern ${message}.`, [{ path: 'pattern', message }])
