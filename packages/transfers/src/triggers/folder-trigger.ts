import type { LocalPlace, Transfer, Trigger } from '../model/index.ts'
import { compilePattern } from '../pattern.ts'
import type { Definition } from './definitions.ts'

/** A definition whose trigger looks into a folder, ready to be asked. */
export interface FolderTrigger<On extends 'arrival' | 'watch'> {
  readonly transfer: Transfer
  readonly trigger: Extract<Trigger, { on: On }>
  /** Milliseconds since 1970. */
  readonly changedAt: number
  readonly matches: (name: string) => boolean
}

/** Where a place is on disk. @throws with a sentence */
export type Resolve = (place: LocalPlace, need: 'read' | 'write') => Promise<string>

/** Ready ones by what was read: uploads come by hundreds a second, definitions change seldom. */
const arrivals = new WeakMap<readonly Definition[], readonly FolderTrigger<'arrival'>[]>()
const watches = new WeakMap<readonly Definition[], readonly FolderTrigger<'watch'>[]>()

/** The enabled definitions that begin by uploads. One whose pattern cannot be used is left out: it is refused when it is saved. */
export function arrivalTriggers(definitions: readonly Definition[]): readonly FolderTrigger<'arrival'>[] {
  const known = arrivals.get(definitions) ?? ready(definitions, 'arrival')
  arrivals.set(definitions, known)
  return known
}

/** The enabled definitions that watch a folder. */
export function watchTriggers(definitions: readonly Definition[]): readonly FolderTrigger<'watch'>[] {
  const known = watches.get(definitions) ?? ready(definitions, 'watch')
  watches.set(definitions, known)
  return known
}

function ready<On extends 'arrival' | 'watch'>(
  definitions: readonly Definition[],
  on: On,
): readonly FolderTrigger<On>[] {
  return definitions.flatMap(({ transfer, changedAt }) => {
    const { trigger, enabled } = transfer
    const matches = enabled && 'pattern' in trigger ? patternOf(trigger.pattern) : undefined
    return matches && isOn(trigger, on) ? [{ transfer, trigger, changedAt, matches }] : []
  })
}

function isOn<On extends 'arrival' | 'watch'>(
  trigger: Trigger,
  on: On,
): trigger is Extract<Trigger, { on: On }> {
  return trigger.on === on
}

function patternOf(pattern: string): ((name: string) => boolean) | undefined {
  try {
    return compilePattern(pattern)
  } catch {
    return undefined
  }
}
