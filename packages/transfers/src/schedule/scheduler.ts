import type { NewRun, Store } from '@portolan/store'
import { matchesConditions } from '../conditions/match.ts'
import type { Schedule } from '../model/index.ts'
import type { Definition, Definitions } from '../triggers/definitions.ts'
import { newRun, runProperties } from '../triggers/new-run.ts'
import type { RunWriter } from '../triggers/run-writer.ts'
import { type Clock, systemClock } from './clock.ts'
import { DueHeap } from './due-heap.ts'
import { lastTime, nextTimes } from './times.ts'

/** What {@link Scheduler} works with. */
export interface SchedulerOptions {
  readonly definitions: Definitions
  readonly writer: RunWriter
  readonly marks: Pick<Store['initiated']['schedules'], 'all' | 'set'>
  readonly clock?: Clock
  warn(code: string, text: string): void
}

/** The mark of all schedules together: no transfer can have this name. */
const MARK = '*schedules'
/** The longest time without a look at the clock, which may have been set. Milliseconds. */
const LOOK_MS = 10_000
/** How late a look has to be so that the times before it count as missed: the machine slept, its clock was set, or the store was away. */
const MISSED_MS = 30_000
/** Milliseconds between writes of the mark while nothing runs. */
const MARK_MS = 30_000

interface Entry {
  readonly definition: Definition
  readonly schedule: Schedule
  /** Up to where its times were looked at. */
  from: number
  next: number | undefined
}

/**
 * Makes the runs of schedules when their time comes. A run's occurrence is its time, so however many nodes do this, and
 * whatever their clocks do, each time makes one run.
 *
 * Times that passed while no node was up, while the machine slept or its store was away, or which the clock skipped when it
 * was set, are missed:
 * the last of them makes one run, or none does, as the schedule says. Times from before a change of the transfer never count.
 */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  readonly #heap = new DueHeap<Entry>()
  /** Up to where this or another node had looked when this one began. */
  #startMark = Number.NEGATIVE_INFINITY
  #markedAt = Number.NEGATIVE_INFINITY
  #subscription: Disposable | undefined
  #timer: Disposable | undefined
  /** When the next look was to be; what is later than that was missed. */
  #expectedAt = 0
  #lastLookAt = 0
  #working: Promise<void> | undefined
  #isWanted = false
  #isStale = true
  #closed = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  /** Begins from where this or another node has stopped; what was missed is made up for behind it. @throws {StoreError} when the store cannot be read */
  async start(): Promise<void> {
    const marks = await this.#options.marks.all()
    this.#startMark = marks.get(MARK) ?? Number.NEGATIVE_INFINITY
    this.#subscription = this.#options.definitions.onLoad(() => {
      this.#isStale = true
      this.#look()
    })
    this.#lastLookAt = this.#clock.now()
    this.#expectedAt = Number.NEGATIVE_INFINITY
    this.#look()
  }

  /** Resolves when nothing is being made: everything that is due by now is in the store. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working
  }

  #look(): void {
    this.#isWanted = true
    if (this.#working || this.#closed) return
    this.#working = this.#work()
  }

  async #work(): Promise<void> {
    while (this.#isWanted && !this.#closed) {
      this.#isWanted = false
      this.#timer?.[Symbol.dispose]()
      try {
        await this.#makeDue()
      } catch (error) {
        const text = error instanceof Error ? error.message : String(error)
        this.#options.warn('schedule-late', `Runs of schedules could not be made: ${text}`)
      }
      this.#sleep()
    }
    // In the turn in which nothing is wanted: a look that is asked for from now on begins anew.
    this.#working = undefined
  }

  #sleep(): void {
    if (this.#closed) return
    const now = this.#clock.now()
    this.#expectedAt = Math.min(this.#heap.next?.at ?? Number.POSITIVE_INFINITY, now + LOOK_MS)
    this.#timer = this.#clock.at(this.#expectedAt, () => this.#look())
  }

  async #makeDue(): Promise<void> {
    const now = this.#clock.now()
    const isMissed = now - this.#expectedAt > MISSED_MS
    if (now < this.#lastLookAt) this.#begin(now)
    this.#lastLookAt = now
    if (this.#isStale) this.#readDefinitions(now)
    const writing: Promise<unknown>[] = []
    for (let entries = this.#takeDue(now); entries.length > 0; entries = this.#takeDue(now)) {
      const runs = entries.flatMap(entry => this.#runsOf(entry, now, isMissed))
      // The runs are under way before the next times are found, which takes longer.
      writing.push(this.#options.writer.add(runs))
      for (const entry of entries) this.#plan(entry)
    }
    await Promise.all(writing)
    await this.#noteMark(now, writing.length > 0)
  }

  /** The clock was set back: times from here on come again, and those that have made a run make no second one. */
  #begin(now: number): void {
    this.#heap.clear()
    for (const entry of this.#entries.values()) {
      entry.from = now
      this.#plan(entry)
    }
  }

  #readDefinitions(now: number): void {
    this.#isStale = false
    const there = new Set<string>()
    for (const definition of this.#options.definitions.all()) {
      const { name, schedule, enabled } = definition.transfer
      if (!enabled || schedule === undefined) continue
      there.add(name)
      if (this.#entries.get(name)?.definition === definition) continue
      const from = Math.min(Math.max(this.#startMark, definition.changedAt), now)
      const entry: Entry = { definition, schedule, from, next: undefined }
      this.#entries.set(name, entry)
      this.#plan(entry)
    }
    for (const name of this.#entries.keys()) if (!there.has(name)) this.#entries.delete(name)
  }

  #plan(entry: Entry): void {
    try {
      ;[entry.next] = nextTimes(entry.schedule, entry.from, 1)
    } catch (error) {
      entry.next = undefined
      const text = error instanceof Error ? error.message : String(error)
      const { name } = entry.definition.transfer
      this.#options.warn('schedule-invalid', `The schedule of the transfer ${name} cannot be used: ${text}`)
    }
    if (entry.next !== undefined) this.#heap.push({ at: entry.next, what: entry })
  }

  #takeDue(now: number): Entry[] {
    const entries: Entry[] = []
    for (let due = this.#heap.take(now); due; due = this.#heap.take(now)) {
      const { what, at } = due
      // Others are left over from a definition that has changed.
      if (this.#entries.get(what.definition.transfer.name) === what && what.next === at) entries.push(what)
    }
    return entries
  }

  #runsOf(entry: Entry, now: number, isMissed: boolean): NewRun[] {
    if (entry.next === undefined) return []
    if (!isMissed && now - entry.next <= MISSED_MS) {
      entry.from = entry.next
      return this.#runAt(entry, entry.next)
    }
    const last = lastTime(entry.schedule, entry.from, now)
    entry.from = now
    if (entry.schedule.missed === 'skip' || last === undefined) return []
    return this.#runAt(entry, last, now)
  }

  /** @param missedAt - when it was seen that it was missed */
  #runAt({ definition: { transfer }, schedule }: Entry, at: number, missedAt?: number): NewRun[] {
    const properties = runProperties(transfer, at, {})
    if (!matchesConditions(transfer.conditions, properties).value) return []
    const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(schedule.timeZone)
    const shown = `${time.toPlainDate()} ${time.toPlainTime().toString({ smallestUnit: 'second' })} ${schedule.timeZone}`
    const missed = missedAt === undefined ? '' : '; that time was missed, and is made up for'
    const text = `Its schedule: ${shown}${missed}.`
    const occurrence = `schedule:${new Date(at).toISOString()}`
    return [newRun(transfer, { kind: 'schedule', text, properties }, missedAt ?? at, { occurrence })]
  }

  async #noteMark(now: number, hasRuns: boolean): Promise<void> {
    if (this.#entries.size === 0) return
    const since = now - this.#markedAt
    if (!hasRuns && since >= 0 && since < MARK_MS) return
    await this.#options.marks.set(MARK, now)
    this.#markedAt = now
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    this.#subscription?.[Symbol.dispose]()
    await this.#working
  }
}
