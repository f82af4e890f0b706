import type { NewRun } from '@portolan/store'
import { matchesConditions } from '../conditions/match.ts'
import {
  contentVersion,
  type FoundFile,
  fileExclusive,
  fileOccurrence,
  fileRunProperties,
  pathBelow,
} from './file-facts.ts'
import { FolderLook } from './folder-look.ts'
import { type FolderTrigger, watchTriggers } from './folder-trigger.ts'
import { newRun, runProperties } from './new-run.ts'
import type { TriggerParts } from './parts.ts'

type Watch = FolderTrigger<'watch'>

/** A file as it was seen before. */
interface Seen {
  readonly version: string
  /** Since when it has been so. */
  readonly since: number
  /** `changing`: not quiet for long enough; `held`: by the conditions, asked at each look; `taken`: its run is made. */
  readonly state: 'changing' | 'held' | 'taken'
}

/** The shortest wait between two looks, in milliseconds. */
const SHORTEST_LOOK_MS = 250

/**
 * Runs for files that stand in a folder and do not change any more: two looks, `quietSeconds` apart, have to see the same
 * size and time. What was taken is remembered for good, as what a pull has fetched is: a file may stand there for years.
 */
export class Watches {
  readonly #parts: TriggerParts
  readonly #look: FolderLook
  /** What was seen, by definition and path. */
  #seen = new Map<Watch['transfer'], ReadonlyMap<string, Seen>>()

  constructor(parts: TriggerParts) {
    this.#parts = parts
    this.#look = new FolderLook(parts)
  }

  /** Looks into all folders once; answers when one has to be looked into again, in milliseconds, because a file is not quiet yet. */
  async scan(): Promise<number | undefined> {
    const seen = new Map<Watch['transfer'], ReadonlyMap<string, Seen>>()
    let again: number | undefined
    for (const watch of watchTriggers(this.#parts.definitions.all())) {
      const before = this.#seen.get(watch.transfer) ?? new Map<string, Seen>()
      const now = await this.#scanOne(watch, before)
      seen.set(watch.transfer, now)
      const next = nextLook(watch, now)
      if (next !== undefined) again = Math.min(again ?? next, next)
    }
    this.#seen = seen
    return again === undefined ? undefined : Math.max(again, this.#parts.clock.now() + SHORTEST_LOOK_MS)
  }

  /** Answers what was seen; what was before when the folder could not be looked into. */
  async #scanOne(watch: Watch, before: ReadonlyMap<string, Seen>): Promise<ReadonlyMap<string, Seen>> {
    const files = await this.#look.files(watch)
    if (!files) return before
    const { transfer, trigger } = watch
    const now = this.#parts.clock.now()
    const seen = new Map(files.map(file => [file.relative, look(file, before.get(file.relative), now)]))
    const quiet = files.filter(({ relative }) => {
      const one = seen.get(relative)
      return one && one.state !== 'taken' && now - one.since >= trigger.quietSeconds * 1000
    })
    const made = quiet.map(file => ({ file, run: runFor(watch, file, now) }))
    const runs = made.flatMap(({ run }) => run ?? [])
    await this.#queue(transfer.name, runs, now)
    for (const { file, run } of made) {
      const one = seen.get(file.relative)
      if (one) seen.set(file.relative, { ...one, state: run ? 'taken' : 'held' })
    }
    return seen
  }

  async #queue(name: string, runs: readonly NewRun[], now: number): Promise<void> {
    if (runs.length === 0) return
    const keys = runs.flatMap(({ occurrence }) => occurrence ?? [])
    const known = await this.#parts.tables.fetched.known(name, keys)
    await this.#parts.writer.add(runs.filter(({ occurrence }) => !known.has(occurrence ?? '')))
    await this.#parts.tables.fetched.add(
      name,
      keys.filter(key => !known.has(key)),
      now,
    )
  }
}

function look(file: FoundFile, before: Seen | undefined, now: number): Seen {
  const version = contentVersion(file)
  // A clock that was set back must not make a file wait for it to catch up.
  return before?.version === version && before.since <= now
    ? before
    : { version, since: now, state: 'changing' }
}

function nextLook({ trigger: { quietSeconds } }: Watch, seen: ReadonlyMap<string, Seen>): number | undefined {
  let next: number | undefined
  for (const { since, state } of seen.values()) {
    if (state === 'changing') next = Math.min(next ?? Number.POSITIVE_INFINITY, since + quietSeconds * 1000)
  }
  return next
}

function runFor({ transfer, trigger: { place } }: Watch, file: FoundFile, now: number): NewRun | undefined {
  const path = pathBelow(place, file.relative)
  const properties = runProperties(transfer, now, fileRunProperties(place, file))
  if (!matchesConditions(transfer.conditions, properties).value) return undefined
  const where = JSON.stringify(['user' in place ? place.user : '', path])
  return newRun(
    transfer,
    { kind: 'watch', text: `${path} stands in the folder and is whole.`, properties },
    now,
    {
      occurrence: fileOccurrence(transfer.name, where, contentVersion(file)),
      exclusive: fileExclusive(transfer.name, place, file.relative),
    },
  )
}
