/**
 * What a description says of each value it can have: "off: no TLS. optional: clients may ask. Default optional." A value
 * that it does not explain is absent.
 */
export function optionTexts(
  description: string,
  values: readonly string[],
): Readonly<Record<string, { readonly text: string }>> {
  const found = values
    .flatMap(value => {
      const match = new RegExp(`(?<=^|[.;] )${escapeRegExp(value)}: `).exec(description)
      return match ? [{ value, start: match.index, from: match.index + match[0].length }] : []
    })
    .sort((a, b) => a.start - b.start)
  return Object.fromEntries(
    found.map(({ value, from }, index) => {
      const text = description.slice(from, found[index + 1]?.start)
      return [value, { text: text.replace(/\s*Default [^.]*\.\s*$/, '').trim() }]
    }),
  )
}

const escapeRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
