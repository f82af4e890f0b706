/**
 * The candidate that a mistyped name most likely means: the same but for case, or few edits away. Undefined when none
 * is close enough to be worth saying.
 */
export function suggest(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_ ]/g, '')
  const close = candidates
    .map(candidate => ({ candidate, edits: editDistance(plain(name), plain(candidate)) }))
    .filter(
      ({ candidate, edits }) => edits <= Math.max(1, Math.floor(Math.min(name.length, candidate.length) / 3)),
    )
    .sort((a, b) => a.edits - b.edits)
  return close[0]?.candidate
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other. */
export function editDistance(from: string, to: string): number {
  // Only names are compared; the bound keeps a hostile file from costing more than it should.
  const a = from.slice(0, 64)
  const b = to.slice(0, 64)
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      }
      row.push(least)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
