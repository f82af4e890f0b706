/** One row of the console's table. */
export interface ConsoleFigure {
  /** What it is about: the login, the lists, the page, the memory, live updates. */
  readonly part: string
  /** The database, where it matters. */
  readonly on?: 'sqlite' | 'postgres'
  readonly name: string
  readonly unit: 'µs' | 'ms' | 'kB' | 'MB' | '% of a core' | 'number'
  /** What the target is about. */
  readonly value: number
  readonly target?: number
  /** Further figures in the same unit, such as the median beside the 95th of a hundred. */
  readonly more?: Readonly<Record<string, number>>
}

/** The value below which a part of the values lies, from 0 to 1. @throws {RangeError} of no values */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = Math.max(0, Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1))
  const value = sorted[at]
  if (value === undefined) throw new RangeError('no quantile of nothing')
  return value
}

/** The figures as Markdown. */
export function renderFigures(figures: readonly ConsoleFigure[]): string {
  const rows = figures.map(({ part, on, name, unit, value, target, more = {} }) => [
    part,
    on ?? '',
    name,
    Object.entries(more)
      .map(([of, figure]) => `${of} ${text(figure)}`)
      .join(', '),
    text(value),
    unit === 'number' ? '' : unit,
    target === undefined ? '' : `≤ ${target}`,
    target === undefined ? '' : value <= target ? 'reached' : '**missed**',
  ])
  const table = [['part', 'database', 'what', 'beside it', 'figure', 'unit', 'target', ''], ...rows]
  const widths = table[0]?.map((_, at) => Math.max(3, ...table.map(row => row[at]?.length ?? 0))) ?? []
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  const [head = [], ...rest] = table
  return [line(head), `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)].join(
    '\n',
  )
}

const text = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1))
