/** How far back one can look. */
export const RANGES = [
  { hours: 1, label: 'last hour' },
  { hours: 6, label: 'last 6 hours' },
  { hours: 24, label: 'last 24 hours' },
  { hours: 168, label: 'last 7 days' },
  { hours: 720, label: 'last 30 days' },
  { hours: 2160, label: 'last 90 days' },
] as const

/** The hours that an address of the page asks for; a day where it asks for none that there are. */
export function hoursOf(text: string | undefined): number {
  return RANGES.find(({ hours }) => String(hours) === text)?.hours ?? 24
}

/** A range in a sentence: "the last 7 days". */
export function rangeText(hours: number): string {
  const label = RANGES.find(range => range.hours === hours)?.label
  return label === undefined ? `the last ${hours} hours` : `the ${label}`
}
