import { MultiBar, type Params } from 'cli-progress'
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
  /** Where the first progress was: what an earlier run has left did not move now. */
  from: number | undefined
}

/** A line for each running file and one for all, redrawn in place; lines about what is finished scroll by above. */
export class BarReport implements Report {
  readonly #bars: MultiBar
  readonly #stream: NodeJS.WriteStream
  readonly #running = new Map<number, Running>()
  readonly #total = new RateMeter()
  #done = 0
  #failed = 0
  #finishedBytes = 0
  /** By this run, for the rate. */
  #moved = 0
  #rows = 0

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
    this.#bars = new MultiBar({
      stream,
      fps: 8,
      clearOnComplete: true,
      // Lines of logging move the bars, which are drawn only where they changed otherwise.
      forceRedraw: true,
      linewrap: true,
      format: (_options, { maxWidth }: Params & { maxWidth?: number }, { row = 0 }: { row?: number }) =>
        this.#draw(row, maxWidth ?? 80),
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
        this.#done++
        this.#finishedBytes += event.bytes
        this.#running.delete(event.task)
        break
      case 'stopped':
        this.#running.delete(event.task)
        break
      case 'failed':
        this.#failed++
        if (event.task !== undefined) this.#running.delete(event.task)
        break
    }
    const text = textOf(event)
    if (text !== undefined) this.#line(text)
  }

  close(): void {
    if (this.#rows === 0) return
    this.#rows = 0
    // Lines that wait are written by the drawing alone.
    this.#bars.update()
    this.#bars.stop()
  }

  #start({ task, name, total }: ReportEvent & { event: 'start' }): void {
    this.#running.set(task, { name, meter: new RateMeter(), bytes: 0, total, from: undefined })
    // Rows are never taken away, since that makes the rest jump: those that are too many are empty.
    const several = this.#done + this.#failed + this.#running.size > 1
    const wanted = Math.min(this.#running.size, MOST_BARS) + (several ? 1 : 0)
    while (this.#rows < wanted) this.#bars.create(1, 0, { row: this.#rows++ })
  }

  #progress({ task, bytes, total }: ReportEvent & { event: 'progress' }): void {
    const running = this.#running.get(task)
    if (!running) return
    const now = performance.now()
    this.#moved += bytes - (running.from === undefined ? bytes : running.bytes)
    running.from ??= bytes
    running.bytes = bytes
    running.total = total ?? running.total
    running.meter.push(bytes, now)
    this.#total.push(this.#moved, now)
  }

  #bytes(): number {
    let bytes = this.#finishedBytes
    for (const running of this.#running.values()) bytes += running.bytes
    return bytes
  }

  /** The files that run, without a gap, then the total. */
  #draw(row: number, width: number): string {
    const files = Math.min(this.#running.size, MOST_BARS)
    const file = row < files ? [...this.#running.values()][row] : undefined
    if (file) return drawFile(file, width)
    return row === files && this.#rows > 1 ? this.#drawTotal(width) : ''
  }

  #drawTotal(width: number): string {
    const rate = formatRate(this.#total.rate(performance.now()))
    const failed = this.#failed > 0 ? `, ${this.#failed} failed` : ''
    const text = `${this.#done} done${failed}, ${this.#running.size} running  ${formatBytes(this.#bytes())}  ${rate}`
    return text.slice(0, width - 1)
  }

  #line(text: string): void {
    if (this.#rows === 0) {
      this.#stream.write(`${text}\n`)
      return
    }
    for (const line of text.split('\n')) this.#bars.log(`${line}${CLEAR_REST}\n`)
  }
}

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
