/** The items that stood in a list before, with the place of the first. */
export function duplicates(names: readonly string[]): { index: number; first: number }[] {
  return names
    .map((name, index) => ({ index, first: names.indexOf(name) }))
    .filter(({ index, first }) => first !== index)
}
