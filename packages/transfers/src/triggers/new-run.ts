import type { JsonValue, NewRun, RunCause } from '@portolan/store'
import { timeProperties } from '../conditions/known-properties.ts'
import type { Transfer } from '../model/index.ts'
import type { Properties } from '../placeholders.ts'

/** The sites that a transfer uses, each once, in the order of its steps. */
export function sitesOf({ steps, onFailure }: Pick<Transfer, 'steps' | 'onFailure'>): string[] {
  const sites = [...steps, ...onFailure].flatMap(step => ('site' in step ? [step.site] : []))
  return [...new Set(sites)]
}

/**
 * The properties of a run: those of its cause, and those that every run has.
 * @param at - the moment that `time.*` tell: when a file arrived, or a schedule's time
 */
export function runProperties(definition: Transfer, at: number, own: Properties): Properties {
  return {
    ...timeProperties(at, definition.schedule?.timeZone ?? 'UTC'),
    'transfer.name': definition.name,
    'site.name': sitesOf(definition)[0] ?? '',
    ...own,
  }
}

/**
 * A run of a transfer as it is to be queued.
 * @param cause - with the properties that it has of itself; those of every run are added where they are not there
 * @param now - when it may begin, in milliseconds since 1970
 * @param options.occurrence - what makes it one of a kind. @param options.exclusive - what it has to itself; absent: the
 * whole transfer where it pulls, for two runs at once would fetch the same files
 */
export function newRun(
  definition: Transfer,
  cause: RunCause,
  now: number,
  { occurrence, exclusive }: { readonly occurrence?: string; readonly exclusive?: string } = {},
): NewRun {
  const properties = runProperties(definition, now, cause.properties)
  const alone = exclusive ?? (pulls(definition) ? `transfer:${definition.name}` : undefined)
  return {
    transfer: definition.name,
    sites: sitesOf(definition),
    cause: { kind: cause.kind, text: cause.text, properties },
    definition: asJson(definition),
    dueAt: now,
    ...(occurrence !== undefined && { occurrence }),
    ...(alone !== undefined && { exclusive: alone }),
  }
}

const pulls = ({ steps }: Transfer) => steps.some(step => step.do === 'pull')

const written = new WeakMap<Transfer, JsonValue>()

/** A definition as the store keeps it. The same object is written once: thousands of runs share it. */
function asJson(definition: Transfer): JsonValue {
  const known = written.get(definition)
  if (known !== undefined) return known
  const json: JsonValue = JSON.parse(JSON.stringify(definition))
  written.set(definition, json)
  return json
}
