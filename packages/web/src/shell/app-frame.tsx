import { AppShell, Burger, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import classes from './app-frame.module.css'
import { CompassRose } from './compass-rose.tsx'
import { LiveBadge } from './live-badge.tsx'
import { useMe } from './me.ts'
import { Navigation } from './navigation.tsx'
import { QuickNavigation } from './quick-navigation.tsx'
import { Shortcuts } from './shortcuts.tsx'
import { UserMenu } from './user-menu.tsx'

/** The frame of every page of the administration. */
export function AppFrame() {
  const [opened, { toggle, close }] = useDisclosure(false)
  const me = useMe()
  const main = useFocusAfterNavigation(close)
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', md: 'xl' }}
    >
      <a href="#main" className={classes.skip}>
        Skip to the content
      </a>
      <AppShell.Header className={classes.header}>
        <Burger
          opened={opened}
          onClick={toggle}
          hiddenFrom="md"
          size="sm"
          color="var(--frame-text)"
          aria-label={opened ? 'Close the navigation' : 'Open the navigation'}
          aria-expanded={opened}
        />
        <Link to="/overview" className={classes.brand}>
          <CompassRose />
          <span>Portolan</span>
        </Link>
        <Text
          component="span"
          className={classes.node}
          title={`Node ${me?.node.name}, version ${me?.node.version}`}
        >
          {me?.node.name}
        </Text>
        <span className={classes.grow} />
        <LiveBadge />
        <QuickNavigation />
        <UserMenu />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label="Pages">
        <Navigation onFollow={close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" ref={main} tabIndex={-1} className={classes.main}>
        <div className={classes.content}>
          <Outlet />
        </div>
      </AppShell.Main>
      <Shortcuts />
    </AppShell>
  )
}

/** Moves the focus to the content after a change of page, so that keyboard and screen reader go on there. */
export function useFocusAfterNavigation(onNavigate?: () => void) {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: state => state.resolvedLocation?.pathname })
  const before = useRef(path)
  useEffect(() => {
    if (before.current !== undefined && before.current !== path) {
      onNavigate?.()
      main.current?.focus({ preventScroll: true })
    }
    before.current = path
  }, [path, onNavigate])
  return main
}
