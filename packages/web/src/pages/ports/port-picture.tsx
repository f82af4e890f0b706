import { Box } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type KeyboardEvent, memo, type SyntheticEvent, useMemo, useState } from 'react'
import { PortFacts } from './port-facts.tsx'
import {
  columnsFor,
  describePort,
  type MapRow,
  type PortMap,
  portAfterKey,
  rowsOf,
  STATE_LETTER,
  type Stretch,
  stateOfCode,
} from './port-map.ts'
import classes from './ports.module.css'

/** Width of a cell with its gap, and of the port number before a row, in pixels. */
const CELL = 16
const GUTTER = 46

interface PortPictureProps {
  readonly map: PortMap
  readonly stretch: Stretch
  readonly label: string
}

/** Each port of a stretch as a cell. The arrow keys go from port to port; pointing, focus and tap tell of it. */
export function PortPicture({ map, stretch, label }: PortPictureProps) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  const columns = columnsFor(width - GUTTER, CELL)
  const rows = useMemo(() => rowsOf(map, stretch, columns), [map, stretch, columns])
  const [focused, setFocused] = useState(stretch.first)
  const [pointed, setPointed] = useState<number>()
  const shown = pointed ?? focused

  const onKeyDown = (event: KeyboardEvent<HTMLTableElement>) => {
    const next = portAfterKey(event.key, focused, columns, stretch)
    if (next === undefined) return
    event.preventDefault()
    setPointed(undefined)
    setFocused(next)
    event.currentTarget.querySelector<HTMLElement>(`[data-port="${next}"]`)?.focus()
  }
  const onPort = (event: SyntheticEvent, then: (port: number) => void) => {
    const port = event.target instanceof HTMLElement ? Number(event.target.dataset.port) : Number.NaN
    if (!Number.isNaN(port)) then(port)
  }
  return (
    <div ref={ref}>
      <PortFacts port={shown} told={map.told.get(shown)} />
      {width > 0 && (
        <Box
          component="table"
          aria-label={label}
          className={classes.grid}
          onKeyDown={onKeyDown}
          onFocus={event => onPort(event, setFocused)}
          onPointerOver={event => onPort(event, setPointed)}
          onPointerLeave={() => setPointed(undefined)}
          onClick={event =>
            onPort(event, port => {
              setFocused(port)
              setPointed(undefined)
            })
          }
        >
          <tbody>
            {rows.map(row => (
              <Row
                key={row.first}
                row={row}
                told={told(map, row)}
                focused={
                  focused >= row.first && focused < row.first + row.states.length ? focused : undefined
                }
              />
            ))}
          </tbody>
        </Box>
      )}
    </div>
  )
}

/** What is told of the ports of a row beyond their state, as a text that compares. */
const told = (map: PortMap, { first, states }: MapRow): string =>
  [...states]
    .map((code, offset) => (code === 'f' ? '' : describePort(first + offset, map.told.get(first + offset))))
    .join('\n')

interface RowProps {
  readonly row: MapRow
  readonly told: string
  readonly focused: number | undefined
}

/** A row of cells; drawn again only when something in it has changed. */
const Row = memo(
  function Row({ row: { first, states }, told: texts, focused }: RowProps) {
    const descriptions = texts.split('\n')
    const cells = [...states].map((code, offset) => ({
      port: first + offset,
      state: stateOfCode(code),
      text: descriptions[offset],
    }))
    return (
      <tr>
        <th scope="row" className={classes.gutter}>
          {first}
        </th>
        {cells.map(({ port, state, text }) => (
          <td key={port}>
            <button
              type="button"
              tabIndex={port === focused ? 0 : -1}
              data-port={port}
              data-state={state}
              className={classes.cell}
              aria-label={text || `${port}: free`}
            >
              {STATE_LETTER[state]}
            </button>
          </td>
        ))}
      </tr>
    )
  },
  (before, after) =>
    before.row.first === after.row.first &&
    before.row.states === after.row.states &&
    before.told === after.told &&
    before.focused === after.focused,
)
