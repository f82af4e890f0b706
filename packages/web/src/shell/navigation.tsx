import { Link, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { maySee } from './guard.ts'
import { useMe } from './me.ts'
import classes from './navigation.module.css'
import { GROUPS, PAGES } from './pages.ts'

/** The pages that the signed-in one may see, by group. */
export function Navigation({ onFollow }: { onFollow: () => void }) {
  const me = useMe()
  const path = useRouterState({ select: state => state.location.pathname })
  const page = pageOf(path)
  const here = page?.under ?? page?.base
  const root = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (here !== undefined)
      root.current?.querySelector('[aria-current="page"]')?.scrollIntoView({ block: 'nearest' })
  }, [here])
  const pages = PAGES.filter(page => page.group !== undefined && me !== undefined && maySee(page, me))
  return (
    <div className={classes.root} ref={root}>
      {GROUPS.map(group => {
        const inside = pages.filter(page => page.group === group)
        if (inside.length === 0) return null
        return (
          <div key={group} className={classes.group}>
            <h2 className={classes.head} id={`nav-${group}`}>
              {group}
            </h2>
            <ul aria-labelledby={`nav-${group}`}>
              {inside.map(({ path: to, title, icon: Icon }) => (
                <li key={to}>
                  <Link
                    to={to}
                    className={classes.link}
                    // It says aria-current by itself, for every page whose path is the begin of this one.
                    activeOptions={{ exact: true, includeSearch: false }}
                    aria-current={here === to ? 'page' : undefined}
                    onClick={onFollow}
                  >
                    <Icon size={17} stroke={1.7} />
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </div>
  )
}

/** The page of the navigation that a path belongs to: the one with the longest part of it, unless that says another. */
function pageOf(path: string): { readonly base: string; readonly under?: string } | undefined {
  return PAGES.map(({ path: to, under }) => ({ base: to.replace(/\/\$.*/, ''), under }))
    .filter(({ base }) => path === base || path.startsWith(`${base}/`))
    .reduce<ReturnType<typeof pageOf>>(
      (best, page) => (page.base.length > (best?.base.length ?? 0) ? page : best),
      undefined,
    )
}
