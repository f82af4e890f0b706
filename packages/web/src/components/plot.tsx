import { useComputedColorScheme } from '@mantine/core'
import { useElementSize, useMergedRef } from '@mantine/hooks'
import { useEffect, useRef, useState } from 'react'
import UPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import classes from './plot.module.css'

/** A line of a {@link Plot}. */
export interface PlotLine {
  readonly label: string
  /** Name of a colour of the theme, such as `--plot-1`. */
  readonly colour: string
  /** Dashes tell lines apart where colours do not. */
  readonly dash?: readonly number[]
  readonly filled?: boolean
}

interface PlotProps {
  /** What the plot shows, with its newest values, for those who cannot see it. */
  readonly label: string
  readonly lines: readonly PlotLine[]
  /** Seconds since 1970, then the values of each line. */
  readonly columns: readonly (readonly (number | null)[])[]
  /** A value in words, for the axis and the legend. */
  readonly format: (value: number) => string
  readonly height?: number
  /** The least that the axis of values reaches to. */
  readonly least?: number
  /** Values are whole: no ticks between them. */
  readonly whole?: boolean
}

/** Lines over time. The legend has the newest values, or those below the pointer. */
export function Plot({ label, lines, columns, format, height = 180, least = 1, whole = false }: PlotProps) {
  const scheme = useComputedColorScheme('light')
  const { ref: sized, width } = useElementSize<HTMLDivElement>()
  const [target, setTarget] = useState<HTMLDivElement | null>(null)
  const box = useMergedRef(sized, setTarget)
  const plot = useRef<UPlot | undefined>(undefined)
  const latest = useRef({ columns, format })
  const [pointed, setPointed] = useState<number | null>(null)
  const key = JSON.stringify(lines)

  useEffect(() => {
    latest.current = { columns, format }
    plot.current?.setData(dataOf(columns))
  }, [columns, format])

  useEffect(() => {
    if (target === null || width === 0) return
    const made: readonly PlotLine[] = JSON.parse(key)
    // The scheme decides what the names of colours stand for.
    const look = { width, height, least, whole, colourOf: coloursOf(target, scheme) }
    const drawn = new UPlot(
      optionsFor(made, look, value => latest.current.format(value), setPointed),
      dataOf(latest.current.columns),
      target,
    )
    plot.current = drawn
    return () => {
      plot.current = undefined
      drawn.destroy()
    }
  }, [key, width, height, least, whole, scheme, target])

  const [times = []] = columns
  const at = pointed !== null && pointed < times.length ? pointed : times.length - 1
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.legend}>
        {lines.map((line, place) => {
          const value = columns[place + 1]?.[at]
          return (
            <span key={line.label} className={classes.entry}>
              <svg width="18" height="8" aria-hidden="true">
                <line
                  x1="0"
                  x2="18"
                  y1="4"
                  y2="4"
                  stroke={`var(${line.colour})`}
                  strokeWidth="2.5"
                  strokeDasharray={line.dash?.join(' ')}
                />
              </svg>
              {line.label}{' '}
              <b className="tabular">{value === null || value === undefined ? '–' : format(value)}</b>
            </span>
          )
        })}
        {pointed !== null && times[at] !== undefined && times[at] !== null && (
          <time className={classes.time}>{new Date(times[at] * 1_000).toLocaleTimeString('en-GB')}</time>
        )}
      </figcaption>
      <div ref={box} className={classes.box} role="img" aria-label={label} />
    </figure>
  )
}

interface Look {
  readonly width: number
  readonly height: number
  readonly least: number
  readonly whole: boolean
  readonly colourOf: (name: string) => string
}

function optionsFor(
  lines: readonly PlotLine[],
  { width, height, least, whole, colourOf }: Look,
  format: (value: number) => string,
  onPoint: (index: number | null) => void,
): UPlot.Options {
  const axis = {
    stroke: colourOf('--text-dimmed'),
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  }
  return {
    width,
    height,
    legend: { show: false },
    padding: [10, 14, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: { y: { range: (_, _low, high) => [0, Math.max(least, high * 1.12)] } },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 70,
        size: 30,
        gap: 8,
        incrs: SECOND_STEPS,
        values: (_, ticks) => ticks.map(clock),
      },
      {
        ...axis,
        size: 66,
        space: 34,
        ...(whole
          ? { incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000] }
          : { incrs: BINARY_STEPS }),
        values: (_, ticks) => ticks.map(format),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, dash, filled }) => ({
        label,
        stroke: colourOf(colour),
        width: 1.75,
        ...(dash ? { dash: [...dash] } : {}),
        ...(filled ? { fill: `${colourOf(colour)}22` } : {}),
        points: { show: false },
      })),
    ],
    hooks: { setCursor: [drawn => onPoint(drawn.cursor.idx ?? null)] },
  }
}

/** Steps that are round in KiB, MiB and GiB. */
const BINARY_STEPS = Array.from({ length: 44 }, (_, power) => 2 ** power)

/** Steps of the axis of time, in seconds. */
const SECOND_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600]

const clock = (seconds: number) =>
  new Date(seconds * 1_000).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })

const dataOf = (columns: PlotProps['columns']): UPlot.AlignedData => {
  const [times = [], ...values] = columns
  return [times.map(time => time ?? 0), ...values.map(line => [...line])]
}

/** What the names of colours stand for in the scheme of this element. */
function coloursOf(element: HTMLElement, _scheme: string): (name: string) => string {
  const style = getComputedStyle(element)
  return name => style.getPropertyValue(name).trim() || '#888888'
}
