import { Anchor, Card, Skeleton, Table, UnstyledButton } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import classes from './rows.module.css'

/** A column of {@link DataTable} and {@link LogTable}. */
export interface Column<T> {
  readonly key: string
  readonly header: string
  /** What the server calls it in `sort`; absent: it cannot be sorted by. */
  readonly sort?: string
  readonly cell: (row: T) => ReactNode
  /**
   * On a phone a row becomes a card: 1 is its title, 2 (the default) a line of it, 3 is left out there.
   */
  readonly priority?: 1 | 2 | 3
  readonly align?: 'left' | 'right'
  readonly width?: number | string
  /** The text may be cut with an ellipsis; the width is then needed. */
  readonly truncate?: boolean
}

/** How a row is opened: by following a link, or by a function. */
export interface Opening<T> {
  readonly href?: (row: T) => string
  readonly onOpen?: (row: T) => void
  /** Buttons at the end of the row. */
  readonly actions?: (row: T) => ReactNode
}

export interface RowsProps<T> extends Opening<T> {
  /** What the table shows, for those who cannot see it. */
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[] | undefined
  readonly rowKey: (row: T) => string
  readonly sort?: {
    readonly by: string
    readonly order: 'asc' | 'desc'
    readonly onSort: (by: string) => void
  }
  /** Rows of the state before are shown until the answer is there. */
  readonly stale?: boolean
  readonly skeletons?: number
}

/** Whether the window is as narrow as a phone's. */
export const useIsNarrow = (): boolean =>
  useMediaQuery('(max-width: 47.99em)', undefined, { getInitialValueInEffect: false }) ?? false

/** Rows as a table, and as cards on a phone. */
export function Rows<T>(props: RowsProps<T>) {
  return useIsNarrow() ? <Cards {...props} /> : <Grid {...props} />
}

function Grid<T>({ label, columns, rows, rowKey, sort, stale, skeletons = 8, ...opening }: RowsProps<T>) {
  const title = columns.find(column => column.priority === 1) ?? columns[0]
  return (
    <Table.ScrollContainer minWidth={0} type="native" className={classes.frame} tabIndex={0}>
      <Table
        aria-label={label}
        aria-busy={rows === undefined || stale}
        className={classes.table}
        data-stale={stale || undefined}
        highlightOnHover={opening.href !== undefined || opening.onOpen !== undefined}
      >
        <Table.Thead>
          <Table.Tr>
            {columns.map(column => (
              <Head key={column.key} column={column} sort={sort} />
            ))}
            {opening.actions && (
              <Table.Th className={classes.actionsHead}>
                <span className={classes.hidden}>Actions</span>
              </Table.Th>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows === undefined
            ? Array.from({ length: skeletons }, (_, place) => `skeleton-${place}`).map(key => (
                <Table.Tr key={key}>
                  {columns.map(column => (
                    <Table.Td key={column.key}>
                      <Skeleton height="1.15rem" radius="sm" />
                    </Table.Td>
                  ))}
                  {opening.actions && <Table.Td />}
                </Table.Tr>
              ))
            : rows.map(row => (
                <Table.Tr
                  key={rowKey(row)}
                  className={opening.onOpen ? classes.opens : undefined}
                  onClick={opening.onOpen && (event => rowClick(event, () => opening.onOpen?.(row)))}
                >
                  {columns.map(column => (
                    <Table.Td
                      key={column.key}
                      ta={column.align}
                      maw={column.truncate ? column.width : undefined}
                      className={column.truncate ? classes.truncate : undefined}
                    >
                      {column === title ? (
                        <Opener row={row} column={column} {...opening} />
                      ) : (
                        column.cell(row)
                      )}
                    </Table.Td>
                  ))}
                  {opening.actions && <Table.Td className={classes.actions}>{opening.actions(row)}</Table.Td>}
                </Table.Tr>
              ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

/** A click beside the buttons and links of a row opens the row; the end of a selection of text does not. */
function rowClick(event: { readonly target: EventTarget }, open: () => void): void {
  const target = event.target instanceof Element ? event.target.closest('button, a, input, label') : null
  if (target === null && document.getSelection()?.type !== 'Range') open()
}

function Head<T>({ column, sort }: { column: Column<T>; sort: RowsProps<T>['sort'] }) {
  if (!column.sort || !sort) {
    return (
      <Table.Th ta={column.align} w={column.width}>
        {column.header}
      </Table.Th>
    )
  }
  const sorted = sort.by === column.sort
  const Icon = sorted ? (sort.order === 'asc' ? IconArrowUp : IconArrowDown) : IconSelector
  const by = column.sort
  return (
    <Table.Th
      ta={column.align}
      w={column.width}
      aria-sort={sorted ? (sort.order === 'asc' ? 'ascending' : 'descending') : 'none'}
    >
      <UnstyledButton
        className={classes.sort}
        data-sorted={sorted || undefined}
        onClick={() => sort.onSort(by)}
      >
        {column.header}
        <Icon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  )
}

/** The cell that names a row, by which the keyboard opens it. */
function Opener<T>({ row, column, href, onOpen }: Opening<T> & { row: T; column: Column<T> }) {
  if (href) {
    return (
      <Anchor component={Link} to={href(row)} className={classes.opener}>
        {column.cell(row)}
      </Anchor>
    )
  }
  if (onOpen) {
    return (
      <UnstyledButton className={classes.opener} onClick={() => onOpen(row)}>
        {column.cell(row)}
      </UnstyledButton>
    )
  }
  return column.cell(row)
}

function Cards<T>({ label, columns, rows, rowKey, stale, skeletons = 5, ...opening }: RowsProps<T>) {
  const title = columns.find(column => column.priority === 1) ?? columns[0]
  const lines = columns.filter(column => column !== title && column.priority !== 3)
  if (!rows) {
    return (
      <div className={classes.cards} aria-busy="true">
        {Array.from({ length: skeletons }, (_, place) => `skeleton-${place}`).map(key => (
          <Skeleton key={key} height={92} radius="md" />
        ))}
      </div>
    )
  }
  return (
    <ul className={classes.cards} aria-label={label} data-stale={stale || undefined}>
      {rows.map(row => (
        <Card key={rowKey(row)} component="li" padding="sm">
          <div className={classes.cardHead}>
            <div className={classes.cardTitle}>
              {title && <Opener row={row} column={title} {...opening} />}
            </div>
            {opening.actions && <div className={classes.actions}>{opening.actions(row)}</div>}
          </div>
          <dl className={classes.lines}>
            {lines.map(column => (
              <div key={column.key}>
                <dt>{column.header}</dt>
                <dd>{column.cell(row)}</dd>
              </div>
            ))}
          </dl>
        </Card>
      ))}
    </ul>
  )
}
