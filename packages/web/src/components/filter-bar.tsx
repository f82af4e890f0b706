import type { ReactNode } from 'react'
import classes from './filter-bar.module.css'

/** The row of search and filters above a table. Wraps on narrow windows. */
export function FilterBar({ label = 'Filters', children }: { label?: string; children: ReactNode }) {
  return (
    <search className={classes.root} aria-label={label}>
      {children}
    </search>
  )
}
