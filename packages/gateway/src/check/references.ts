import { suggest } from '@portolan/settings'

/** As many names as a sentence bears. */
const SHOWN = 5

/** Why a name is not among those that there are, with the one that was probably meant; undefined when it is. */
export function unknownName(what: string, name: string, known: readonly string[]): string | undefined {
  if (known.includes(name)) return undefined
  const near = suggest(name, known)
  const missing = `names the ${what} ${name}, which is not there`
  if (near !== undefined) return `${missing}; did you mean ${near}?`
  return known.length === 0 ? `${missing}; there is none yet` : `${missing}; known: ${listed(known)}`
}

/** The first of a list, and how many more there are. */
export function listed(names: readonly string[]): string {
  const some = names.slice(0, SHOWN).join(', ')
  return names.length > SHOWN ? `${some} and ${names.length - SHOWN} more` : some
}

export const namesOf = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name)
