import { setTimeout as sleep } from 'node:timers/promises'
import type { RunRow, Store } from '@portolan/store'
import { listenForInterrupt } from './client/interrupt.ts'
import type { Io } from './io.ts'
import type { TransferFlags } from './transfers-commands.ts'
import { demandRun, openNodeStore } from './transfers-store.ts'
import { eventLine, runJson, runLine } from './transfers-text.ts'
import { EXIT } from './user-error.ts'

/** How often is looked, in milliseconds. */
const LOOK_MS = 500
/** A run that waits so long is told of once, in milliseconds. */
const PATIENCE_MS = 10_000
/** Runs that are watched at once, the newest. */
const MOST_RUNS = 200
/** Lines of a timeline that are read at once. */
const SLICE = 200

/** `portolan transfers watch [RUN]`: of one run until it is over, or of all until Ctrl-C. */
export async function watch(id: string | undefined, flags: TransferFlags, io: Io): Promise<number> {
  await using store = await openNodeStore(flags, io)
  return id === undefined ? await watchAll(store, flags, io) : await watchRun(store, id, flags, io)
}

/** Tells what happens in a run until it is over. @returns 1 unless it succeeded */
export async function watchRun(store: Store, id: string, flags: TransferFlags, io: Io): Promise<number> {
  using interrupt = listenForInterrupt()
  const begun = Date.now()
  let after: string | undefined
  let told = ''
  let warned = false
  for (;;) {
    // The run first: what is over has said everything.
    const row = await demandRun(store, id)
    after = await tellEvents(store, id, after, flags, io)
    if (row.endedAt !== undefined) {
      io.out(flags.json ? JSON.stringify({ run: runJson(row) }) : runLine(row))
      if (row.error && !flags.json) await advise(row.error.code, io)
      return row.state === 'succeeded' ? EXIT.ok : EXIT.failed
    }
    const line = runLine(row)
    if (line !== told && row.state !== 'waiting' && !flags.json && io.errIsTerminal) io.err(line)
    told = line
    if (
      !warned &&
      row.state === 'waiting' &&
      row.startedAt === undefined &&
      Date.now() - begun > PATIENCE_MS
    ) {
      warned = true
      io.err('No node has taken it yet: portolan serve, on the same store, runs it.')
    }
    if (!(await pause(interrupt.signal))) return interrupt.exitCode ?? EXIT.failed
  }
}

async function advise(code: string, io: Io): Promise<void> {
  const { adviceFor } = await import('@portolan/console')
  for (const line of adviceFor(code)) io.err(line)
}

async function tellEvents(
  store: Store,
  id: string,
  from: string | undefined,
  flags: TransferFlags,
  io: Io,
): Promise<string | undefined> {
  let after = from
  for (;;) {
    const events = await store.initiated.runs.events(id, {
      limit: SLICE,
      ...(after !== undefined && { after }),
    })
    for (const event of events) io.out(flags.json ? JSON.stringify({ event }) : eventLine(event))
    after = events.at(-1)?.id ?? after
    if (events.length < SLICE) return after
  }
}

async function watchAll(store: Store, flags: TransferFlags, io: Io): Promise<number> {
  using interrupt = listenForInterrupt()
  const begun = Date.now()
  const known = new Map<string, string>()
  for (;;) {
    const { items } = await store.initiated.runs.list({ limit: MOST_RUNS })
    const now = new Set(items.map(({ id }) => id))
    for (const row of items.toReversed()) {
      const stamp = stampOf(row)
      const before = known.get(row.id)
      known.set(row.id, stamp)
      // What was over before is no news.
      const isOld = before === undefined && row.endedAt !== undefined && row.endedAt < begun
      if (before === stamp || isOld) continue
      io.out(flags.json ? JSON.stringify({ run: runJson(row) }) : runLine(row))
    }
    for (const id of known.keys()) if (!now.has(id)) known.delete(id)
    if (!(await pause(interrupt.signal))) return EXIT.ok
  }
}

const stampOf = ({ state, attempt, filesDone }: RunRow) => `${state} ${attempt} ${filesDone}`

/** False when somebody has ended it. */
async function pause(signal: AbortSignal): Promise<boolean> {
  return sleep(LOOK_MS, true, { signal }).catch(() => false)
}
