import { Link, useRouterState } from '@tanstack/react-router'
import { maySee } from './guard.ts'
import { useMe } from './me.ts'
import classes from './navigation.module.css'
import { GROUPS, PAGES } from './pages.ts'

/** The pages that the signed-in one may see, by group. */
export function Navigation({ onFollow }: { onFollow: () => void }) {
  const me = useMe()
  const path = useRouterState({ select: state => state.location.pathname })
  const pages = PAGES.filter(page => page.group !== undefined && me !== undefined && maySee(page, me))
  return (
    <div className={classes.root}>
      {GROUPS.map(group => {
        const inside = pages.filter(page => page.group === group)
        if (inside.length === 0) return null
        return (
          <div key={group} className={classes.group}>
            <h2 className={classes.head} id={`nav-${group}`}>
              {group}
            </h2>
            <ul aria-labelledby={`nav-${group}`}>
              {inside.map(({ path: to, title, icon: Icon }) => {
                const here = path === to || path.startsWith(`${to}/`)
                return (
                  <li key={to}>
                    <Link
                      to={to}
                      className={classes.link}
                      aria-current={here ? 'page' : undefined}
                      onClick={onFollow}
                    >
                      <Icon size={17} stroke={1.7} />
                      {title}
                    </Link>
                  </li>
                )
              })}
            </ul>
          </div>
        )
      })}
    </div>
  )
}
