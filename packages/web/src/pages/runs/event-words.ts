import type { Tone } from '../../components/status.tsx'

/** Kinds of lines that stand out. */
const TONES: Readonly<Record<string, Tone>> = {
  started: 'info',
  'taken-up': 'warn',
  connected: 'info',
  data: 'info',
  file: 'good',
  succeeded: 'good',
  error: 'bad',
  failed: 'bad',
  retry: 'warn',
  retrying: 'warn',
  warning: 'warn',
  cancelled: 'warn',
}

/** What a line of the timeline means, by its kind. */
export const toneOfEvent = (kind: string): Tone => TONES[kind] ?? 'idle'

/** The details of a line as names and values, where they have any. */
export function factsOfEvent(detail: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof detail !== 'object' || detail === null) return []
  return Object.entries(detail).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return []
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return [[name, text] as const]
  })
}
