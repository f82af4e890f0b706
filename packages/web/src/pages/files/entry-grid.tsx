import { useMergedRef } from '@mantine/hooks'
import { type FocusEvent, type MouseEvent, type RefObject, useEffect, useId, useRef } from 'react'
import { useIsNarrow } from '../../components/rows.tsx'
import { useRowWindow } from '../sessions/use-row-window.ts'
import { type EntryActions, EntryRow } from './entry-row.tsx'
import classes from './files.module.css'
import { GridHead, GridSkeletons, HEAD_HEIGHT } from './grid-head.tsx'
import { baseName } from './paths.ts'
import { choose, type Manner } from './selection.ts'
import type { Folder } from './use-folder.ts'
import { useGridKeys } from './use-grid-keys.ts'

/** What makes a table one that is worked with by keys (ARIA 1.2, grid). @param active - the row on which they work */
const asGrid = (active: string | undefined) =>
  ({ role: 'grid', tabIndex: 0, 'aria-multiselectable': true, 'aria-activedescendant': active }) as const

interface EntryGridProps {
  readonly folder: Folder
  readonly actions: EntryActions
  readonly onRemoveTicked: () => void
  readonly grid: RefObject<HTMLTableElement | null>
}

/**
 * The listing: a grid that is one stop of the tab order, on whose active row the keys work. Of long listings only what is
 * seen is drawn.
 */
export function EntryGrid({ folder, actions, onRemoveTicked, grid }: EntryGridProps) {
  const { shown, names, selection, select, stale, query } = folder
  const narrow = useIsNarrow()
  const rowHeight = narrow ? 60 : 42
  const columns = narrow ? 3 : 5
  const { frame, shown: rows } = useRowWindow(shown.length, rowHeight)
  const scroller = useRef<HTMLDivElement>(null)
  const ref = useMergedRef(frame, scroller)
  const prefix = useId()
  const path = query.data?.path ?? folder.path
  const place = selection.active === undefined ? -1 : names.indexOf(selection.active)
  const active = shown[place]

  useEffect(() => {
    if (place >= 0 && scroller.current) scrollTo(scroller.current, place * rowHeight, rowHeight)
  }, [place, rowHeight])

  const onKeyDown = useGridKeys({ folder, actions, onRemoveTicked, rowHeight, scroller })
  const entryAt = (event: MouseEvent) => {
    const row = closest(event, 'tr[data-index]')
    return row && shown[Number(row.getAttribute('data-index'))]
  }
  const onClick = (event: MouseEvent) => {
    const entry = entryAt(event)
    const tick = closest(event, '[data-tick]') !== undefined
    if (!entry || (!tick && closest(event, 'a, button, [role=menu]'))) return
    grid.current?.focus({ preventScroll: true })
    select(now => choose(now, names, entry.name, mannerOf(event, tick)))
  }
  const onDoubleClick = (event: MouseEvent) => {
    const entry = entryAt(event)
    if (entry && !closest(event, 'a, button, input')) actions.open(entry)
  }
  /** Whoever comes by the keyboard stands somewhere. */
  const onFocus = (event: FocusEvent) => {
    const [first] = names
    if (event.target === event.currentTarget && place < 0 && first !== undefined)
      select(now => ({ ...now, active: now.active ?? first }))
  }

  return (
    <div ref={ref} className={classes.frame} data-stale={stale || undefined}>
      <table
        ref={grid}
        {...asGrid(active && `${prefix}${place}`)}
        className={classes.table}
        aria-label={`Files in ${baseName(path) || 'Home'}`}
        aria-busy={stale || query.isPending}
        aria-rowcount={shown.length + 1}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onFocus={onFocus}
      >
        <GridHead folder={folder} narrow={narrow} />
        <tbody>
          {query.isPending && <GridSkeletons columns={columns} />}
          <Gap height={rows.above} columns={columns} />
          {shown.slice(rows.first, rows.end).map((entry, offset) => (
            <EntryRow
              key={entry.name}
              id={`${prefix}${rows.first + offset}`}
              folder={path}
              entry={entry}
              index={rows.first + offset}
              ticked={selection.ticked.has(entry.name)}
              active={rows.first + offset === place}
              narrow={narrow}
              actions={actions}
            />
          ))}
          <Gap height={rows.below} columns={columns} />
        </tbody>
      </table>
    </div>
  )
}

/** The room of rows that are not drawn. */
function Gap({ height, columns }: { height: number; columns: number }) {
  if (height === 0) return null
  return (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height, padding: 0 }} />
    </tr>
  )
}

function closest({ target }: MouseEvent, selector: string): Element | undefined {
  return target instanceof Element ? (target.closest(selector) ?? undefined) : undefined
}

function mannerOf(event: MouseEvent, tick: boolean): Manner {
  if (event.shiftKey) return 'range'
  // A finger has no Ctrl: what is touched is added.
  const touched = 'pointerType' in event.nativeEvent && event.nativeEvent.pointerType === 'touch'
  return tick || touched || event.ctrlKey || event.metaKey ? 'toggle' : 'alone'
}

/** Shows a row of the frame: its head covers what lies below it. */
function scrollTo(frame: HTMLDivElement, top: number, height: number): void {
  if (top < frame.scrollTop) frame.scrollTop = top
  const end = top + height + HEAD_HEIGHT - frame.clientHeight
  if (end > frame.scrollTop) frame.scrollTop = end
}
