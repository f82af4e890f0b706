/** Why a path leads out of the folder that it begins at; undefined when it does not. A path from `/` on has its own root. */
export function pathProblem(path: string): string | undefined {
  // A line end would make a second command of what is behind it.
  if (/[\r\n\0]/.test(path)) return 'must not hold line ends or NUL'
  let depth = 0
  for (const part of path.split('/')) {
    if (part === '..') depth--
    else if (part !== '' && part !== '.') depth++
    if (depth < 0) return 'must not lead out of its folder by ..'
  }
  return undefined
}

/** Why a path does not stay below its folder and name something there; undefined when it does. */
export function belowProblem(path: string): string | undefined {
  if (path.startsWith('/')) return 'must stay below the folder: leave out the slash at its beginning'
  const parts = path.split('/')
  if (parts.includes('..')) return 'must not lead out of its folder by ..'
  if (['', '.'].includes(parts.at(-1) ?? '')) return 'must end with the name of a file'
  return pathProblem(path)
}
