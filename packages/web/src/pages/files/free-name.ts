/**
 * A name that nothing has: `report.pdf`, `report (2).pdf`, `report (3).pdf`. A number that is there already is counted on.
 * Endings such as `.tar.gz` stay whole; a folder has no ending.
 */
export function freeName(name: string, isTaken: (name: string) => boolean, isFolder = false): string {
  if (!isTaken(name)) return name
  const [stem, ending] = isFolder ? [name, ''] : splitEnding(name)
  const match = /^(.*\S) \((\d{1,6})\)$/s.exec(stem)
  const [, base = stem, count = '1'] = match ?? []
  for (let number = Number(count) + 1; ; number++) {
    const free = `${base} (${number})${ending}`
    if (!isTaken(free)) return free
  }
}

/** The part before the ending, and the ending with its dot. */
export function splitEnding(name: string): readonly [stem: string, ending: string] {
  const ending = /(?:\.tar)?\.[^.\s]{1,12}$/i.exec(name)?.[0] ?? ''
  // A name that is nothing but an ending, such as `.profile`, has none.
  return ending.length === name.length ? [name, ''] : [name.slice(0, name.length - ending.length), ending]
}
