/** The path of a name in a folder. */
export const joinPath = (folder: string, name: string): string =>
  folder === '/' ? `/${name}` : `${folder}/${name}`

/** The last name of a path; empty for the root. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** The folder that holds a path; the root holds itself. */
export const parentPath = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** The path that the page's address means: absolute, without doubled slashes and without one at its end. */
export function pathOf(search: unknown): string {
  const parts = typeof search === 'string' ? search.split('/').filter(Boolean) : []
  return `/${parts.join('/')}`
}

/** One step of the way to a folder. */
export interface Crumb {
  readonly name: string
  readonly path: string
}

/** The way to a folder, from the root down. */
export function crumbsOf(path: string, root = 'Home'): readonly Crumb[] {
  const names = path.split('/').filter(Boolean)
  const below = names.map((name, place) => ({ name, path: `/${names.slice(0, place + 1).join('/')}` }))
  return [{ name: root, path: '/' }, ...below]
}

/** The longest name of a file in bytes, as the server has it. */
const MAX_NAME_BYTES = 255

/** What is wrong with a new name; undefined: nothing. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === '') return 'A name is needed.'
  if (name.includes('/')) return 'A name cannot hold a slash.'
  if (name === '.' || name === '..') return 'That name means a folder already.'
  if (name.includes('\0')) return 'That name cannot be used.'
  const bytes = new TextEncoder().encode(name).length
  return bytes > MAX_NAME_BYTES
    ? `A name may have ${MAX_NAME_BYTES} bytes; this one has ${bytes}.`
    : undefined
}

/** A name as it can be shown and put into an address; one that is not UTF-8 on the server's disk has to be renamed first. */
export const isText = (name: string): boolean => name.isWellFormed()

/** A name with signs in place of what is no text. */
export const shownName = (name: string): string => name.toWellFormed()
