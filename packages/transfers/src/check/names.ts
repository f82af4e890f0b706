import { suggest } from '@portolan/settings'

/**
 * Why a name is not among those that there are, with the one that was probably meant; undefined when it is.
 * @param isWhole - whether `known` holds all that there are, so that they can be told
 */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  isWhole = true,
): string | undefined {
  if (known.includes(name)) return undefined
  const near = suggest(name, known)
  const missing = `names the ${what} ${name}, which is not there`
  if (near !== undefined) return `${missing}; did you mean ${near}?`
  if (!isWhole) return missing
  const some = known.slice(0, SHOWN).join(', ')
  const more = known.length > SHOWN ? ` and ${known.length - SHOWN} more` : ''
  return known.length === 0 ? `${missing}; there is none yet` : `${missing}; known: ${some}${more}`
}

/** As many names as a sentence bears. */
const SHOWN = 5
