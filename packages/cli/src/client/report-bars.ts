import { MultiBar, type Params, type SingleBar } from 'cli-progress'
import { formatBytes, formatRate, formatSeconds } from './amounts.ts'
import { printable } from './printable.ts'
import { RateMeter } from './rate-meter.ts'
import type { Report, ReportEvent } from './report.ts'
import { textOf } from './report-text.ts'

/** Files with a bar of their own; more are running in the total alone. */
const MOST_BARS = 8
const BAR_WIDTH = 20
const CLEAR_REST = '\x1b[K'

interface Running {
  readonly name: string
  readonly meter: RateMeter
  bytes: number
  total: number | undefined
  bar: SingleBar | undefined
}

/** A bar for each running file and one for all, redrawn in place; lines about what is finished scroll by above. */
export class BarReport implements Report {
  readonly #bars: MultiBar
  readonly #stream: NodeJS.WriteStream
  readonly #running = new Map<number, Running>()
  readonly #free: SingleBar[] = []
  readonly #total = new RateMeter()
  #totalBar: SingleBar | undefined
  #finished = { files: 0, bytes: 0 }
  #rows = 0
  #drawing = false

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    this.#bars = new MultiBar({
      stream,
      fps: 8,
      clearOnComplete: true,
      // Lines of logging move the bars, which are drawn only where they changed otherwise.
      forceRedraw: true,
      linewrap: true,
      format: (_options, { maxWidth }: Params & { maxWidth?: number }, payload: { draw?: Draw }) =>
        payload.draw?.(maxWidth ?? 80) ?? '',
    })
  }

  take(event: ReportEvent): void {
    switch (event.event) {
      case 'start':
        this.#start(event)
        break
      case 'progress':
        this.#progress(event)
        break
      case 'done':
      case 'stopped':
      case 'failed':
        if (event.task !== undefined) this.#end(event.task, event.event === 'done' ? event.bytes : 0)
        break
    }
    const text = textOf(event)
    if (text !== undefined) this.#line(text)
  }

  close(): void {
    if (!this.#drawing) return
    this.#drawing = false
    // Lines that wait are written by the drawing alone.
    this.#bars.update()
    this.#bars.stop()
  }

  #start({ task, name, total }: ReportEvent & { event: 'start' }): void {
    const running: Running = { name, meter: new RateMeter(), bytes: 0, total, bar: undefined }
    this.#running.set(task, running)
    if (this.#free.length === 0 && this.#rows < MOST_BARS) this.#addRow()
    const bar = this.#free.pop()
    if (!bar) return
    running.bar = bar
    bar.update({ draw: (width: number) => drawFile(running, width) })
  }

  /** Rows are used again and never taken away, since that makes the rest jump. That of all is the last. */
  #addRow(): void {
    this.#drawing = true
    this.#rows++
    const last = this.#totalBar
    const bar = this.#bars.create(1, 0, {})
    if (this.#rows === 2)
      this.#totalBar = this.#bars.create(1, 0, { draw: (width: number) => this.#drawTotal(width) })
    if (last) {
      // What was the total's row becomes that of a file.
      last.update({ draw: undefined })
      bar.update({ draw: (width: number) => this.#drawTotal(width) })
      this.#totalBar = bar
      this.#free.push(last)
      return
    }
    this.#free.push(bar)
  }

  #progress({ task, bytes, total }: ReportEvent & { event: 'progress' }): void {
    const running = this.#running.get(task)
    if (!running) return
    const now = performance.now()
    running.bytes = bytes
    running.total = total ?? running.total
    running.meter.push(bytes, now)
    this.#total.push(this.#bytes(), now)
  }

  #end(task: number, bytes: number): void {
    const running = this.#running.get(task)
    if (!running) return
    this.#running.delete(task)
    this.#finished = { files: this.#finished.files + 1, bytes: this.#finished.bytes + bytes }
    if (!running.bar) return
    running.bar.update({ draw: undefined })
    this.#free.push(running.bar)
  }

  #bytes(): number {
    let bytes = this.#finished.bytes
    for (const running of this.#running.values()) bytes += running.bytes
    return bytes
  }

  #drawTotal(width: number): string {
    const rate = formatRate(this.#total.rate(performance.now()))
    const text = `${this.#finished.files} done, ${this.#running.size} running  ${formatBytes(this.#bytes())}  ${rate}`
    return text.slice(0, width - 1)
  }

  #line(text: string): void {
    if (!this.#drawing) {
      this.#stream.write(`${text}\n`)
      return
    }
    for (const line of text.split('\n')) this.#bars.log(`${line}${CLEAR_REST}\n`)
  }
}

type Draw = (width: number) => string

function drawFile({ name, meter, bytes, total }: Running, width: number): string {
  const rate = meter.rate(performance.now())
  const left =
    total !== undefined && rate !== undefined && rate > 0 && total > bytes
      ? `${formatSeconds(((total - bytes) * 1000) / rate)} left`
      : ''
  const part = total === undefined || total === 0 ? undefined : Math.min(1, bytes / total)
  const bar =
    part === undefined
      ? ''
      : `${'█'.repeat(Math.round(part * BAR_WIDTH)).padEnd(BAR_WIDTH, '░')} ${`${Math.floor(part * 100)}%`.padStart(4)}  `
  const figures = `${bar}${formatBytes(bytes).padStart(9)}  ${formatRate(rate).padStart(11)}  ${left}`
  const room = width - figures.length - 3
  if (room < 8) return figures.slice(0, width - 1)
  return `${shorten(printable(name), Math.min(room, 40))}  ${figures}`
}

/** Names differ at their ends more often than at their beginnings: the middle is left out. */
export function shorten(name: string, width: number): string {
  const characters = [...name]
  if (characters.length <= width) return name.padEnd(width + name.length - characters.length)
  const head = Math.floor((width - 1) / 2)
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (width - 1 - head)).join('')}`
}
