import { realpath } from 'node:fs/promises'
import { posix } from 'node:path'
import type { NewRun } from '@portolan/store'
import { matchesConditions } from '../conditions/match.ts'
import {
  type FoundFile,
  fileExclusive,
  fileOccurrence,
  fileRunProperties,
  isHiddenName,
  pathBelow,
  relativeTo,
  uploadVersion,
} from './file-facts.ts'
import { FolderLook } from './folder-look.ts'
import { arrivalTriggers, type FolderTrigger } from './folder-trigger.ts'
import { newRun, runProperties } from './new-run.ts'
import { sentenceOf, type TriggerParts } from './parts.ts'
import { lookAt } from './scan-folder.ts'

/** A file that was uploaded whole. `path` as the user sees it. */
export interface ArrivedFile {
  readonly user: string
  readonly path: string
}

type Arrival = FolderTrigger<'arrival'>

/** The mark of all arrivals together: no transfer can have this name. */
const MARK = '*arrivals'
/** How far before the mark a scan looks again: what was under way when it was made. Milliseconds. */
const BEFORE_MARK_MS = 600_000
/** The longest that an upload takes, with all its resumes. Milliseconds. */
const LONGEST_UPLOAD_MS = 7 * 86_400_000
/** How long before a change of the transfer an upload may have begun that counts for it. Milliseconds. */
const BEFORE_CHANGE_MS = 3_600_000
/** A file that came while this node was up is told by an event; a scan takes it when nothing has for so long. Milliseconds. */
const QUIET_MS = 60_000
/** An event is the news of a write of just now. Milliseconds. */
const JUST_NOW_MS = 60_000
/** Versions that are known to be queued. */
const MOST_KNOWN = 50_000

/**
 * Runs for files that were uploaded. The event makes the run; a scan makes it where the event was lost because a node died
 * in between. Both name the version of the file, so they make one run.
 */
export class Arrivals {
  readonly #parts: TriggerParts
  readonly #startedAt: number
  readonly #look: FolderLook
  /** Occurrences that need no second look, by what made them. */
  readonly #known = new Map<string, 'event' | 'scan'>()
  /** Where the folders of triggers are. Files of other users may get there, too. */
  readonly #roots = new Map<string, string>()
  #markAt: number | undefined

  constructor(parts: TriggerParts) {
    this.#parts = parts
    this.#startedAt = parts.clock.now()
    this.#look = new FolderLook(parts)
  }

  /** Makes the runs of an upload. @throws when they could not be queued */
  async take(file: ArrivedFile): Promise<void> {
    const name = posix.basename(file.path)
    if (isHiddenName(name)) return
    const meant = arrivalTriggers(this.#parts.definitions.all()).filter(({ matches }) => matches(name))
    if (meant.length === 0) return
    const real = await this.#realPath(file, meant)
    await Promise.all(meant.map(trigger => this.#takeFor(trigger, file, real)))
  }

  /** Where the file is, when somebody asks who does not name it by its user. */
  async #realPath(file: ArrivedFile, meant: readonly Arrival[]): Promise<string | undefined> {
    const isSeen = meant.every(({ trigger: { place } }) => 'user' in place && place.user === file.user)
    if (isSeen) return undefined
    try {
      return await realpath(await this.#parts.resolve({ user: file.user, path: file.path }, 'read'))
    } catch {
      return undefined
    }
  }

  async #takeFor(arrival: Arrival, file: ArrivedFile, real: string | undefined): Promise<void> {
    const { place, subfolders } = arrival.trigger
    const isOwn = 'user' in place && place.user === file.user
    const folder = isOwn ? place.path : await this.#rootOf(arrival)
    const path = isOwn ? file.path : real
    if (folder === undefined || path === undefined) return
    const relative = relativeTo(folder, path, subfolders)
    if (relative === undefined) return
    const found = await this.#find(arrival, relative)
    if (!found) return
    const run = this.#runFor(arrival, found, file.user)
    if (!run) return
    const made = await this.#parts.writer.add([run])
    const by = this.#known.get(knownKey(run))
    if (made.length === 0 && by !== 'scan') await this.#takeRewritten(run, found)
    this.#remember(run, by ?? 'event')
  }

  /**
   * An upload that wrote into the file which was there (uploads in `direct` mode) has its inode and birth, and may have its
   * size: only that it was written just now tells it from the one before.
   */
  async #takeRewritten(run: NewRun, { bornNs, modifiedNs }: FoundFile): Promise<void> {
    const writtenAt = Number(modifiedNs / 1_000_000n)
    const isNew = bornNs > 0n && Math.abs(this.#parts.clock.now() - writtenAt) < JUST_NOW_MS
    if (isNew) await this.#parts.writer.add([{ ...run, occurrence: `${run.occurrence}/${modifiedNs}` }])
  }

  async #find({ trigger: { place } }: Arrival, relative: string): Promise<FoundFile | undefined> {
    const path = pathBelow(place, relative)
    try {
      const disk = await this.#parts.resolve(
        'user' in place ? { user: place.user, path } : { folder: path },
        'read',
      )
      const found = await lookAt(disk, '')
      return found && { ...found, relative }
    } catch (error) {
      this.#parts.warn('arrival-unseen', `The upload ${path} cannot be looked at: ${sentenceOf(error)}`)
      return undefined
    }
  }

  async #rootOf({ transfer: { name }, trigger: { place } }: Arrival): Promise<string | undefined> {
    const key = `${name}\0${JSON.stringify(place)}`
    const known = this.#roots.get(key)
    if (known !== undefined) return known
    try {
      const root = await realpath(await this.#parts.resolve(place, 'read'))
      this.#roots.set(key, root)
      return root
    } catch {
      return undefined
    }
  }

  /** Looks for files whose event was lost. */
  async scan(): Promise<void> {
    const now = this.#parts.clock.now()
    this.#roots.clear()
    this.#markAt ??= (await this.#parts.tables.schedules.all()).get(MARK) ?? Number.NEGATIVE_INFINITY
    const arrivals = arrivalTriggers(this.#parts.definitions.all())
    let complete = arrivals.length > 0
    for (const arrival of arrivals) {
      if (!(await this.#scanOne(arrival, now))) complete = false
    }
    if (!complete) return
    await this.#parts.tables.schedules.set(MARK, now)
    this.#markAt = now
  }

  async #scanOne(arrival: Arrival, now: number): Promise<boolean> {
    const files = await this.#look.files(arrival)
    if (!files) return false
    const runs = files
      .filter(file => this.#isLost(arrival, file, now))
      .flatMap(file => this.#runFor(arrival, file) ?? [])
      .filter(run => !this.#known.has(knownKey(run)))
    await this.#parts.writer.add(runs)
    for (const run of runs) this.#remember(run, 'scan')
    return true
  }

  /** Whether a file came at a time of which no scan knows yet, and no event will tell of it any more. */
  #isLost({ changedAt }: Arrival, { changedMs, bornMs }: FoundFile, now: number): boolean {
    // A clock that was ahead when the mark was made must not hide what came since.
    const mark = Math.min(this.#markAt ?? Number.NEGATIVE_INFINITY, now)
    const isYoung = changedMs >= Math.max(changedAt, mark - BEFORE_MARK_MS)
    const isNew = bornMs === 0 || bornMs >= Math.max(changedAt - BEFORE_CHANGE_MS, mark - LONGEST_UPLOAD_MS)
    const isQuiet = changedMs < this.#startedAt || now - changedMs >= QUIET_MS
    return isYoung && isNew && isQuiet
  }

  #runFor({ transfer, trigger: { place } }: Arrival, file: FoundFile, uploader?: string): NewRun | undefined {
    const path = pathBelow(place, file.relative)
    const properties = runProperties(transfer, file.changedMs, fileRunProperties(place, file, uploader))
    if (!matchesConditions(transfer.conditions, properties).value) return undefined
    const text =
      uploader === undefined
        ? `${path} was uploaded, and no node had taken note of it.`
        : `${uploader} uploaded ${path}.`
    const where = JSON.stringify(['user' in place ? place.user : '', path])
    return newRun(transfer, { kind: 'arrival', text, properties }, this.#parts.clock.now(), {
      occurrence: fileOccurrence(transfer.name, where, uploadVersion(file)),
      exclusive: fileExclusive(transfer.name, place, file.relative),
    })
  }

  #remember(run: NewRun, by: 'event' | 'scan'): void {
    const [oldest] = this.#known.size >= MOST_KNOWN ? this.#known.keys() : []
    if (oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(knownKey(run), by)
  }
}

const knownKey = ({ transfer, occurrence }: NewRun) => `${transfer}\0${occurrence}`
