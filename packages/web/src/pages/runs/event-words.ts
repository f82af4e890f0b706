import type { Tone } from '../../components/status.tsx'

/** What a line of the timeline means, by its kind. */
export function toneOfEvent(kind: string): Tone {
  if (/fail|error|broken|refused|lost/.test(kind)) return 'bad'
  if (/retry|warn|again|cancel|skip/.test(kind)) return 'warn'
  if (/done|succe|publish|verified|ended/.test(kind)) return 'good'
  return /connect|data|begun|start|lease|mode/.test(kind) ? 'info' : 'idle'
}

/** The details of a line as names and values, where they have any. */
export function factsOfEvent(detail: unknown): readonly (readonly [name: string, value: string])[] {
  if (typeof detail !== 'object' || detail === null) return []
  return Object.entries(detail).flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return []
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
    return [[name, text] as const]
  })
}
