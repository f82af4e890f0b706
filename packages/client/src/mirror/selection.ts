import picomatch from 'picomatch'
import { FtpError } from '../errors.ts'

/** Why an entry is left alone. */
type LeftOut = 'excluded' | 'not-included'

/** Which entries take part. */
export interface Selection {
  /** Set when only what is named takes part: folders are then made when something goes into them. */
  readonly partial: boolean
  /**
   * Why an entry is left alone; undefined when it takes part. A folder that is not left out is gone through, whatever is
   * included.
   *
   * @param path - below the root, with `/` between names
   */
  leftOut(path: string, folder: boolean): LeftOut | undefined
  /** Whether a folder itself is named, so that it is made also when it is empty. */
  names(path: string): boolean
}

type Fits = (path: string, folder: boolean) => boolean

/** `windows: false`: paths have `/` on every system, and `\` is a character of names. */
const OPTIONS = { dot: true, nonegate: true, windows: false } as const

/**
 * Compiles patterns. One without `/` fits the name in any folder, one with `/` the path from the root on, and one that ends
 * with `/` a folder with all below it. What is excluded stays so, whatever is included.
 *
 * @throws {FtpError} `FTP_SETTING` for a pattern that is empty
 */
export function compileSelection(include: readonly string[], exclude: readonly string[]): Selection {
  const included = include.map(compile)
  const excluded = exclude.map(compile)
  const fitsAny = (patterns: readonly Fits[], path: string, folder: boolean) =>
    patterns.some(fits => fits(path, folder))
  return {
    partial: included.length > 0,
    leftOut(path, folder) {
      if (fitsAny(excluded, path, folder)) return 'excluded'
      if (folder || included.length === 0 || fitsAny(included, path, false)) return undefined
      return belowIncluded(included, path) ? undefined : 'not-included'
    },
    names: path => included.length === 0 || fitsAny(included, path, true) || belowIncluded(included, path),
  }
}

/** Whether a folder above is included, and all below it therewith. */
function belowIncluded(included: readonly Fits[], path: string): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const above = path.slice(0, slash)
    if (included.some(fits => fits(above, true))) return true
  }
  return false
}

function compile(pattern: string): Fits {
  const folderOnly = pattern.endsWith('/')
  const anchored = pattern.startsWith('/')
  const glob = pattern.replace(/^\/+/, '').replace(/\/+$/, '')
  if (glob === '')
    throw new FtpError('FTP_SETTING', `The pattern ${JSON.stringify(pattern)} names nothing.`, {
      phase: 'settings',
    })
  const matches = compileGlob(pattern, glob)
  const byName = !anchored && !glob.includes('/')
  const fits: Fits = byName ? path => matches(path.slice(path.lastIndexOf('/') + 1)) : path => matches(path)
  return (path, folder) => (!folderOnly || folder) && fits(path, folder)
}

function compileGlob(pattern: string, glob: string): (text: string) => boolean {
  try {
    return picomatch(glob, OPTIONS)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new FtpError('FTP_SETTING', `The pattern ${JSON.stringify(pattern)} cannot be used: ${why}.`, {
      phase: 'settings',
      cause: error,
    })
  }
}
