import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { ApiError, api } from '../api/client.ts'
import { AppFrame } from './app-frame.tsx'
import { Fault } from './error-boundary.tsx'
import { FilesFrame } from './files-frame.tsx'
import { homeOf, maySee } from './guard.ts'
import { meQuery } from './me.ts'
import { NotAllowed, NotFound, Unreachable } from './not-here.tsx'
import { PAGES, type Page } from './pages.ts'
import { queryClient } from './query-client.ts'

/** Who is signed in, or the way to the page where one signs in. */
async function signedIn(next: string) {
  try {
    return await queryClient.ensureQueryData(meQuery)
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error
  }
  const { needed } = await api.get<{ readonly needed: boolean }>('/setup').catch(() => ({ needed: false }))
  if (needed) throw redirect({ to: '/setup' })
  throw redirect({ to: '/sign-in', search: (next === '/' ? {} : { next }) as never })
}

const rootRoute = createRootRoute({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) =>
    error instanceof ApiError ? <Unreachable error={error} /> : <Fault error={error} />,
})

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ location }) => {
    throw redirect({ to: homeOf(await signedIn(location.href)), replace: true })
  },
})

function frame(id: string, component: () => React.ReactNode) {
  return createRoute({
    getParentRoute: () => rootRoute,
    id,
    component,
    beforeLoad: async ({ location }) => ({ me: await signedIn(location.href) }),
  })
}

const adminFrame = frame('console', AppFrame)
const userFrame = frame('user', FilesFrame)

function parentOf(page: Page) {
  if (page.scope === 'anybody') return rootRoute
  return page.scope === 'user' ? userFrame : adminFrame
}

function routeOf(page: Page) {
  const load = lazyRouteComponent(page.load)
  return createRoute({
    getParentRoute: () => parentOf(page) as typeof rootRoute,
    path: page.path,
    component: page.scope === 'anybody' || page.scope === 'user' ? load : guarded(page, load),
    errorComponent: ({ error }) => <Fault error={error} />,
    beforeLoad: () => {
      const me = queryClient.getQueryData(meQuery.queryKey)
      if (!me || page.scope === 'anybody') return
      const wrongRealm = (page.scope === 'user') !== (me.kind === 'user')
      if (wrongRealm) throw redirect({ to: homeOf(me), replace: true })
    },
  })
}

/** A page of which the signed-in one sees nothing but that it is not theirs. */
function guarded(page: Page, Component: React.ComponentType) {
  return function Guarded() {
    const me = queryClient.getQueryData(meQuery.queryKey)
    return me && !maySee(page, me) ? <NotAllowed page={page} /> : <Component />
  }
}

const routesOf = (parent: unknown) => PAGES.filter(page => parentOf(page) === parent).map(routeOf)

/** The addresses of the console. Searches are plain text: `?search=a&page=2`. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    home,
    ...routesOf(rootRoute),
    adminFrame.addChildren(routesOf(adminFrame)),
    userFrame.addChildren(routesOf(userFrame)),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  parseSearch: text => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: search => {
    const given = Object.entries(search).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)]],
    )
    const text = new URLSearchParams(given).toString()
    return text === '' ? '' : `?${text}`
  },
})
