import { type Figure, type Sample, type Verdict, verdictOf } from './figures.ts'
import { type Machine, machineLine } from './machine.ts'
import type { Row, Target, Unit } from './works/work.ts'

/** A server or a client as the table shows it. */
export interface Column {
  readonly name: string
  readonly label: string
  readonly role: 'subject' | 'peer' | 'ceiling'
  readonly version: string
  readonly note: string
  /** Why it could not run at all. */
  readonly missing?: string
}

/** A whole run. */
export interface Run {
  readonly date: string
  readonly machine: Machine
  readonly rounds: number
  readonly quick: boolean
  /** The machine's load average of the last minute when the run began: above 0.5 something else was at work. */
  readonly loadAtStart: number
  /** Where the files lie, if there are any. */
  readonly medium?: string
  readonly columns: readonly Column[]
  readonly works: readonly Row[]
  /** More to say below the table, a sentence each. */
  readonly remarks?: readonly string[]
  /** Work, then column. */
  readonly figures: ReadonlyMap<string, ReadonlyMap<string, Figure>>
}

/** The run as Markdown: a line about the machine, the table, and notes about what is missing or failed. */
export function renderTable(run: Run): string {
  const columns = run.columns.filter(column => column.missing === undefined)
  const head = ['work', 'unit', ...columns.map(column => column.label), 'ratio', 'target', '']
  const rows = run.works.map(work => rowOf(run, work, columns))
  return [
    `${run.date}, ${machineLine(run.machine)}.${run.medium === undefined ? '' : ` Files on ${run.medium}.`} Load average at the start ${run.loadAtStart.toFixed(1)}. ` +
      `${run.rounds} rounds, medians${run.quick ? '. QUICK: small files, the figures mean nothing' : ''}.`,
    '',
    ...layOut([head, ...rows]),
    '',
    ...notesOf(run),
  ].join('\n')
}

function rowOf(run: Run, work: Row, columns: readonly Column[]): string[] {
  const figures = run.figures.get(work.name) ?? new Map<string, Figure>()
  const verdict = verdictIn(run, work)
  // Beside a bound of its own a ratio would only confuse: a C program of one megabyte is no measure for Node.
  const ratio =
    verdict.ratio === undefined || work.target === undefined || work.target.kind === 'value'
      ? ''
      : `${verdict.ratio.toFixed(2)} ${work.target.kind === 'times' ? 'times' : 'of'} ${labelOf(run, verdict.best)}`
  const mark = verdict.reached === undefined ? '' : verdict.reached ? 'reached' : '**missed**'
  return [
    work.title,
    work.unit,
    ...columns.map(column => cell(work.unit, figures.get(column.name))),
    ratio,
    targetText(work.unit, work.target),
    mark,
  ]
}

function verdictIn(run: Run, work: Row): Verdict {
  const figures = run.figures.get(work.name) ?? new Map<string, Figure>()
  const subject = run.columns.find(column => column.role === 'subject')
  const peers = new Map(
    run.columns.flatMap(column => {
      const figure = figures.get(column.name)
      return column.role === 'peer' && figure !== undefined ? [[column.name, figure] as const] : []
    }),
  )
  return verdictOf(work, subject === undefined ? undefined : figures.get(subject.name), peers)
}

function labelOf(run: Run, name: string | undefined): string {
  return run.columns.find(column => column.name === name)?.label ?? '?'
}

function cell(unit: Unit, figure: Figure | undefined): string {
  if (figure === undefined || figure.kind === 'left out') return '–'
  if (figure.kind === 'failed') return 'failed'
  const [sample] = figure.samples
  const peak = sample?.kind === 'measured' ? sample.detail.peakPss : undefined
  return `${number(unit, figure.value)}${peak === undefined ? '' : ` (${(peak / 1e6).toFixed(0)})`}`
}

function number(unit: Unit, value: number): string {
  const digits = digitsOf(unit, value)
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function digitsOf(unit: Unit, value: number): number {
  if (unit === 's') return 2
  if (unit === 'MB' || unit === 'KB' || unit === 'ms') return 1
  return unit === 'files/s' && value < 100 ? 1 : 0
}

function targetText(unit: Unit, target: Target | undefined): string {
  if (target === undefined) return ''
  if (target.kind === 'floor') {
    const least = target.atLeast === undefined ? [] : [`≥ ${target.atLeast} ${unit}`]
    return [...least, ...(target.of === undefined ? [] : ['≥ 1.00'])].join(', ')
  }
  if (target.kind === 'ratio') return `≥ ${target.atLeast.toFixed(2)}`
  return target.kind === 'times' ? `≤ ${target.atMost.toFixed(2)}` : `≤ ${target.atMost} ${unit}`
}

/** Pads the cells: numbers to the right, text to the left. */
function layOut(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(3, ...rows.map(row => row[i]?.length ?? 0)))
  const last = widths.length - 3
  const isNumber = (i: number) => i > 1 && i < last
  const line = (row: readonly string[]) =>
    `| ${row.map((text, i) => (isNumber(i) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (isNumber(i) ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  const [head, ...rest] = rows
  return head === undefined ? [] : [line(head), rule, ...rest.map(line)]
}

function notesOf(run: Run): string[] {
  const notes = (run.remarks ?? []).map(remark => `- ${remark}`)
  const columns = run.columns.map(column => {
    const version = column.version === '' ? '' : ` ${column.version}`
    return column.missing === undefined
      ? `- ${column.label}${version}: ${column.note}`
      : `- ${column.label} did not run: ${column.missing}`
  })
  notes.push(...columns)
  for (const work of run.works) {
    for (const [name, figure] of run.figures.get(work.name) ?? []) {
      if (figure.kind === 'failed')
        notes.push(`- ${labelOf(run, name)}, ${work.title}: failed: ${figure.reason}`)
      else if (figure.kind === 'reached') notes.push(...sessionNote(run, name, work, figure.samples))
    }
  }
  return notes
}

/** Says where fewer sessions were held than asked of the others. */
function sessionNote(run: Run, name: string, work: Row, samples: readonly Sample[]): string[] {
  const [sample] = samples
  const sessions = sample?.kind === 'measured' ? sample.detail.sessions : undefined
  return sessions === undefined
    ? []
    : [`- ${labelOf(run, name)}, ${work.title}: ${sessions.toLocaleString('en')} sessions held`]
}

/** The run as JSON: everything the table is made of, every round of it. */
export function renderJson(run: Run): string {
  const { date, machine, loadAtStart, rounds, quick, medium, remarks, columns } = run
  const works = run.works.map(work => ({
    name: work.name,
    title: work.title,
    unit: work.unit,
    target: work.target,
    ...verdictIn(run, work),
    figures: Object.fromEntries(run.figures.get(work.name) ?? []),
  }))
  return `${JSON.stringify({ date, machine, loadAtStart, rounds, quick, medium, remarks, columns, works }, null, 2)}\n`
}
