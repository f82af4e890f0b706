import { Checkbox, Skeleton, UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react'
import classes from './files.module.css'
import { chooseAll, NOTHING } from './selection.ts'
import type { Sort } from './sort-entries.ts'
import type { Folder } from './use-folder.ts'

/** Height of the head in pixels, as the style sheet has it. */
export const HEAD_HEIGHT = 36

const COLUMNS: readonly (readonly [Sort, string])[] = [
  ['name', 'Name'],
  ['size', 'Size'],
  ['modified', 'Changed'],
]

/** The head of the listing: chooses all, and sorts. */
export function GridHead({ folder, narrow }: { folder: Folder; narrow: boolean }) {
  const { names, selection, select, order, sortBy } = folder
  const count = selection.ticked.size
  const all = count > 0 && count === names.length
  return (
    <thead>
      <tr aria-rowindex={1}>
        <th scope="col" className={classes.tick}>
          <Checkbox
            size="xs"
            aria-label="Select all"
            checked={all}
            indeterminate={count > 0 && !all}
            disabled={names.length === 0}
            onChange={() => select(now => (all ? { ...NOTHING, active: now.active } : chooseAll(now, names)))}
          />
        </th>
        {narrow ? (
          <th scope="col">
            <div className={classes.narrowSorts}>
              {COLUMNS.map(([by, word]) => (
                <SortButton key={by} by={by} word={word} order={order} onSort={sortBy} />
              ))}
            </div>
          </th>
        ) : (
          COLUMNS.map(([by, word]) => (
            <th
              key={by}
              scope="col"
              className={by === 'name' ? undefined : classes[by]}
              aria-sort={sortOf(order, by)}
            >
              <SortButton by={by} word={word} order={order} onSort={sortBy} />
            </th>
          ))
        )}
        <th scope="col" className={classes.menu}>
          <span className={classes.hidden}>Actions</span>
        </th>
      </tr>
    </thead>
  )
}

interface SortButtonProps {
  readonly by: Sort
  readonly word: string
  readonly order: Folder['order']
  readonly onSort: (by: Sort) => void
}

function SortButton({ by, word, order, onSort }: SortButtonProps) {
  const sorted = order.by === by
  const Icon = sorted ? (order.descending ? IconArrowDown : IconArrowUp) : IconSelector
  return (
    <UnstyledButton className={classes.sort} data-sorted={sorted || undefined} onClick={() => onSort(by)}>
      {word}
      <Icon size={14} aria-hidden />
    </UnstyledButton>
  )
}

function sortOf({ by, descending }: Folder['order'], column: Sort) {
  if (by !== column) return 'none'
  return descending ? 'descending' : 'ascending'
}

/** Rows that are not known yet. */
export function GridSkeletons({ columns }: { columns: number }) {
  return ['a', 'b', 'c', 'd', 'e', 'f'].map(key => (
    <tr key={key} className={classes.row}>
      <td colSpan={columns}>
        <Skeleton height="1.2rem" mx={14} radius="sm" />
      </td>
    </tr>
  ))
}
