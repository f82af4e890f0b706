import type { Sample } from '@portolan/console/contract'

/** How long samples are shown, in milliseconds. */
const SHOWN_MS = 600_000
/** A longer time without a sample is a gap in the line. */
const GAP_MS = 5_000

/** The samples with a newer one. One that is not newer is passed over. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last && sample.at <= last.at) return samples
  return [...samples, sample].filter(({ at }) => at > sample.at - SHOWN_MS)
}

export type SampleKey = 'sessions' | 'transfers' | 'sent' | 'received'

/** The samples as a plot takes them: seconds since 1970, then a line for each key. null is a gap. */
export function columnsOf(
  samples: readonly Sample[],
  keys: readonly SampleKey[],
): [number[], ...(number | null)[][]] {
  const times: number[] = []
  const lines: (number | null)[][] = keys.map(() => [])
  let before: number | undefined
  for (const sample of samples) {
    if (before !== undefined && sample.at - before > GAP_MS) {
      times.push((before + 1_000) / 1_000)
      for (const line of lines) line.push(null)
    }
    times.push(sample.at / 1_000)
    for (const [index, key] of keys.entries()) lines[index]?.push(sample[key])
    before = sample.at
  }
  return [times, ...lines]
}
