import { IconChevronRight, IconHome } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import classes from './files.module.css'
import { crumbsOf, shownName } from './paths.ts'

/** The way to the folder, each step a link. The folder itself is the title below it. */
export function Breadcrumb({ path }: { path: string }) {
  const above = crumbsOf(path).slice(0, -1)
  return (
    <nav aria-label="Folders above" className={classes.crumbs}>
      <ol>
        {above.length === 0 && (
          <li>
            <IconHome size={15} stroke={1.8} aria-hidden /> Your files
          </li>
        )}
        {above.map(({ name, path: to }, place) => (
          <li key={to}>
            {place > 0 && <IconChevronRight size={14} aria-hidden />}
            <Link to="/files" search={(to === '/' ? {} : { path: to }) as never}>
              {place === 0 && <IconHome size={15} stroke={1.8} aria-hidden />}
              {shownName(name)}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  )
}
