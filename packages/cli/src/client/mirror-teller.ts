import type { MirrorAction, MirrorEvent } from '@portolan/client'
import { formatBytes } from './amounts.ts'
import type { ClientRun } from './client-run.ts'
import { printable } from './printable.ts'
import { nextTask } from './run-transfer.ts'

interface Running {
  readonly task: number
  readonly begun: number
  bytes: number
}

/** Actions that only somebody who asks for details wants to see: most of a mirror is as it should be. */
const QUIET = new Set<MirrorAction['kind']>(['keep', 'skip'])
const TRANSFERS = new Set<MirrorAction['kind']>(['download', 'upload'])

/** Tells what a mirror does in the words of the command. */
export class MirrorTeller {
  readonly #run: ClientRun
  readonly #direction: 'download' | 'upload'
  readonly #dryRun: boolean
  readonly #running = new Map<string, Running>()

  constructor(run: ClientRun, direction: 'download' | 'upload', dryRun: boolean) {
    this.#run = run
    this.#direction = direction
    this.#dryRun = dryRun
  }

  take(event: MirrorEvent): void {
    switch (event.type) {
      case 'planned':
        if (this.#dryRun) this.#plan(event.action)
        break
      case 'started':
        this.#start(event.action)
        break
      case 'progress':
        this.#progress(event)
        break
      case 'done':
        this.#done(event.action)
        break
      case 'failed':
        this.#fail(event)
        break
      case 'warning': {
        const { code, text } = event.because
        this.#run.tell({ event: 'warning', code, text: `${event.path}: ${text}` })
        break
      }
    }
  }

  /** The mirror was ended: what was on its way is kept, if it came down. */
  stop(): void {
    if (!this.#run.signal.aborted) return
    for (const [name, { task, bytes }] of this.#running)
      this.#run.stopped({ task, name, kept: this.#direction === 'download' ? bytes : 0 })
    this.#running.clear()
  }

  #plan({ kind, path, bytes, because }: MirrorAction): void {
    if (QUIET.has(kind) && !this.#run.flags.verbose && !this.#run.json) return
    const size = bytes === undefined ? '' : formatBytes(bytes)
    this.#run.answer(
      {
        event: 'planned',
        action: kind,
        name: path,
        ...(bytes !== undefined && { bytes }),
        because: because.text,
      },
      `${kind.padEnd(13)} ${size.padStart(9)}  ${printable(path) || '.'}  (${printable(because.text)})`,
    )
  }

  #start({ kind, path, bytes }: MirrorAction): void {
    if (!TRANSFERS.has(kind)) return
    const task = nextTask()
    this.#running.set(path, { task, begun: performance.now(), bytes: 0 })
    const total = bytes === undefined ? {} : { total: bytes }
    this.#run.tell({ event: 'start', task, name: path, direction: this.#direction, ...total })
  }

  #progress({ path, bytes, total }: MirrorEvent & { type: 'progress' }): void {
    const running = this.#running.get(path)
    if (!running) return
    running.bytes = bytes
    const { task } = running
    this.#run.tell({ event: 'progress', task, name: path, bytes, ...(total !== undefined && { total }) })
  }

  #done({ kind, path, bytes }: MirrorAction): void {
    const running = this.#running.get(path)
    if (running) {
      this.#running.delete(path)
      const ms = Math.round(performance.now() - running.begun)
      const facts = { direction: this.#direction, bytes: bytes ?? running.bytes, resumedAt: 0, ms }
      this.#run.tell({ event: 'done', task: running.task, name: path, ...facts })
    } else if (!QUIET.has(kind)) {
      this.#run.tell({
        event: 'action',
        action: kind,
        name: path,
        text: `${path || '.'}: ${DONE[kind] ?? kind}`,
      })
    }
  }

  #fail({ path, error }: MirrorEvent & { type: 'failed' }): void {
    const running = this.#running.get(path)
    this.#running.delete(path)
    this.#run.fail(error, { name: path, ...(running && { task: running.task }) })
  }
}

const DONE: Partial<Record<MirrorAction['kind'], string>> = {
  'make-folder': 'made',
  link: 'linked',
  'delete-file': 'deleted',
  'delete-folder': 'deleted',
}
