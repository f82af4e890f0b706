import { suggest } from '@portolan/settings'

/** Why a name is not among those that there are, with the one that was probably meant; undefined when it is. */
export function unknownName(what: string, name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined
  const near = suggest(name, known)
  if (near !== undefined) return `names the ${what} ${name}, which is not there; did you mean ${near}?`
  const some = known.slice(0, 5).join(', ')
  const more = known.length > 5 ? `, and ${known.length - 5} more` : ''
  return `names the ${what} ${name}, which is not there; ${known.length === 0 ? 'there is none yet' : `there are ${some}${more}`}`
}
