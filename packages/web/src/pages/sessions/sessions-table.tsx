import { Box, Checkbox, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import { useIsNarrow } from '../../components/rows.tsx'
import { useNow } from '../../components/time-ago.tsx'
import { agoText, rateText } from '../../format/format.ts'
import { type LiveRow, rateNow, type SessionSort, type SortedBy } from './live-rows.ts'
import { SessionRow } from './session-row.tsx'
import classes from './sessions.module.css'
import { useRowWindow } from './use-row-window.ts'

interface SessionsTableProps {
  readonly rows: readonly LiveRow[]
  readonly sorted: SortedBy
  readonly onSort: (by: SessionSort) => void
  readonly ticked: ReadonlySet<string>
  readonly canKick: boolean
  readonly onTick: (session: string, on: boolean) => void
  readonly onTickAll: (on: boolean) => void
  readonly onKick: (session: string) => void
}

const COLUMNS: readonly {
  readonly sort?: SessionSort
  readonly header: string
  readonly width: string
  readonly end?: true
}[] = [
  { sort: 'user', header: 'User', width: '14%' },
  { sort: 'userClass', header: 'Class', width: '9%' },
  { sort: 'address', header: 'Address', width: '14%' },
  { header: 'Listener', width: '11%' },
  { sort: 'since', header: 'Connected', width: '11%' },
  { sort: 'idle', header: 'Idle', width: '8%', end: true },
  { sort: 'transfer', header: 'Transfer', width: '21%' },
  { header: 'Bytes', width: '9%', end: true },
  { header: 'Rate', width: '10%', end: true },
]

/** Sessions as they run. Only the rows in view are drawn, and of those only the ones that read differently. */
export function SessionsTable(props: SessionsTableProps) {
  const { rows, sorted, onSort, ticked, canKick, onTick, onTickAll, onKick } = props
  const narrow = useIsNarrow()
  const now = useNow(1_000)
  const { frame, shown } = useRowWindow(rows.length, narrow ? 76 : 38)
  const some = rows.filter(({ session }) => ticked.has(session.session)).length
  const columns = narrow ? (canKick ? 3 : 1) : COLUMNS.length + (canKick ? 2 : 0)
  return (
    <Box
      component="section"
      ref={frame}
      className={classes.frame}
      tabIndex={0}
      aria-label="Live sessions, scrolling"
    >
      <table
        className={classes.table}
        aria-label="Live sessions"
        aria-rowcount={rows.length + 1}
        data-narrow={narrow || undefined}
      >
        <thead hidden={narrow}>
          <tr aria-rowindex={1}>
            {canKick && (
              <th className={classes.tick}>
                <Checkbox
                  size="xs"
                  aria-label="Tick all sessions that are listed"
                  checked={some > 0 && some === rows.length}
                  indeterminate={some > 0 && some < rows.length}
                  onChange={event => onTickAll(event.currentTarget.checked)}
                />
              </th>
            )}
            {COLUMNS.map(column => (
              <Head key={column.header} column={column} sorted={sorted} onSort={onSort} />
            ))}
            {canKick && (
              <th className={classes.kick}>
                <VisuallyHidden>Kick</VisuallyHidden>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {shown.above > 0 && <Spacer height={shown.above} columns={columns} />}
          {rows.slice(shown.first, shown.end).map((row, offset) => {
            const rate = rateNow(row, now)
            return (
              <SessionRow
                key={row.session.session}
                session={row.session}
                index={shown.first + offset + 2}
                connected={agoText(row.session.since, now)}
                idle={row.session.transfer ? '' : idleText(now - row.activeAt)}
                rate={rate > 0 ? rateText(rate) : ''}
                ticked={ticked.has(row.session.session)}
                canKick={canKick}
                narrow={narrow}
                onTick={onTick}
                onKick={onKick}
              />
            )
          })}
          {shown.below > 0 && <Spacer height={shown.below} columns={columns} />}
        </tbody>
      </table>
    </Box>
  )
}

/** The largest unit of an idle time, so that a row reads the same for as long as it can. */
function idleText(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  if (seconds < 1) return ''
  if (seconds < 60) return `${seconds} s`
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3_600)} h`
}

const Spacer = ({ height, columns }: { height: number; columns: number }) => (
  <tr style={{ height }}>
    <td colSpan={columns} />
  </tr>
)

interface HeadProps {
  readonly column: (typeof COLUMNS)[number]
  readonly sorted: SortedBy
  readonly onSort: (by: SessionSort) => void
}

function Head({ column: { sort, header, width, end }, sorted, onSort }: HeadProps) {
  const isSorted = sort !== undefined && sorted.by === sort
  const Icon = isSorted ? (sorted.order === 'asc' ? IconArrowUp : IconArrowDown) : IconSelector
  return (
    <th
      style={{ width }}
      className={end && classes.number}
      aria-sort={sort && (isSorted ? (sorted.order === 'asc' ? 'ascending' : 'descending') : 'none')}
    >
      {sort ? (
        <UnstyledButton
          className={classes.sort}
          data-sorted={isSorted || undefined}
          onClick={() => onSort(sort)}
        >
          {header}
          <Icon size={14} aria-hidden />
        </UnstyledButton>
      ) : (
        header
      )}
    </th>
  )
}
